/** A message by number: the forms that a language has, by the rules of `Intl.PluralRules`; `other` is always there. */
export type Forms = Partial<Record<Intl.LDMLPluralRule, string>> & { other: string };

/** A text with `{places}`, or its forms by the place `{count}`. */
export type Template = string | Forms;

/** The message with its `{places}` filled. A place without a value stays as it is, so that it is seen. */
export function fill(message: string, values: Readonly<Record<string, string | number>>): string {
  return message.replace(
    /\{([a-zA-Z]+)\}/g,
    (place, name: string) => Object.hasOwn(values, name) ? String(values[name]) : place,
  );
}

/** The form of a message for a number, its places not filled yet. */
export function formOf(language: string, forms: Forms, count: number): string {
  return forms[new Intl.PluralRules(language).select(count)] ?? forms.other;
}
