import type { MessageKey, Messages } from "./messages/mod.ts";

/** What fills a place: text, a number, another message, or several, which are told with `; ` between them. */
export type MessageValue = string | number | Said | readonly Said[];

/** A message by its key and what fills its places. Plain data: it may be stored and sent between threads. */
export interface Said {
  readonly key: MessageKey;
  readonly values?: Readonly<Record<string, MessageValue>>;
}

/** A message without places may be told by its key alone. */
export type Message = PlainKey | Said;

/** The names of the places of a template. */
type Places<T> = T extends { other: infer O } ? Places<O>
  : T extends `${string}{${infer Name}}${infer Rest}` ? Name | Places<Rest>
  : never;

export type PlainKey = {
  [K in MessageKey]: [Places<Messages[K]>] extends [never] ? K : never;
}[MessageKey];

/** A message with what fills its places. */
export function say<K extends Exclude<MessageKey, PlainKey>>(
  key: K,
  values: Readonly<Record<Places<Messages[K]>, MessageValue>>,
): Said {
  return { key, values };
}

/** One form for both ways to tell a message. */
export function said(message: Message): Said {
  return typeof message === "string" ? { key: message } : message;
}

/** Reason of a check that threw: a bug. */
export function faultOf(error: unknown): Said {
  return say("health.fault", { text: error instanceof Error ? error.message : String(error) });
}

/**
 * The key as a schema's own `error` or `message`, which `checked` makes the field's reason. What fills its places comes as the
 * issue's `params`.
 */
export function because<K extends MessageKey>(key: K): K {
  return key;
}
