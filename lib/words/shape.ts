import { fill, formOf, type Forms } from "../protocol/templates.ts";

export { fill, type Forms };

/** The same messages in any words: what another language must have. */
export type Shape<T> = T extends string ? string
  : T extends { other: string } ? Forms
  : { [K in keyof T]: Shape<T[K]> };

/** The form of a message for a number, with `{count}` filled as the language writes it, and the other places. */
export function plural(
  language: string,
  forms: Forms,
  count: number,
  values: Readonly<Record<string, string | number>> = {},
): string {
  const form = formOf(language, forms, count);
  return fill(form, { count: new Intl.NumberFormat(language).format(count), ...values });
}
