/** Days of the week in their order, as in CO-4. Here, as scripts need it without the validator. */
export const weekdays = ["mo", "tu", "we", "th", "fr", "sa", "su"] as const;
export type Weekday = typeof weekdays[number];
