/** A message by number: the forms that a language has, by the rules of `Intl.PluralRules`; `other` is always there. */
export type Forms = Partial<Record<Intl.LDMLPluralRule, string>> & { other: string };

/** The same messages in any words: what another language must have. */
export type Shape<T> = T extends string ? string
  : T extends { other: string } ? Forms
  : { [K in keyof T]: Shape<T[K]> };

/** The message with its `{places}` filled. A place without a value stays as it is, so that it is seen. */
export function fill(message: string, values: Readonly<Record<string, string | number>>): string {
  return message.replace(
    /\{([a-zA-Z]+)\}/g,
    (place, name: string) => Object.hasOwn(values, name) ? String(values[name]) : place,
  );
}

/** The form of a message for a number, with `{count}` filled as the language writes it, and the other places. */
export function plural(
  language: string,
  forms: Forms,
  count: number,
  values: Readonly<Record<string, string | number>> = {},
): string {
  const form = forms[new Intl.PluralRules(language).select(count)] ?? forms.other;
  return fill(form, { count: new Intl.NumberFormat(language).format(count), ...values });
}
