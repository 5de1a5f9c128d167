import type { MessageValue } from "../protocol/message.ts";
import { english, type Message, said } from "../protocol/mod.ts";

/** Places that have what the system, a driver or another service said in its own words, or where it is. */
const inside: ReadonlySet<string> = new Set(["text", "answer", "address"]);

/**
 * OP-4: why a check fails, as `/readyz` says it. Anybody may ask: paths, addresses and words of other software are for those who may
 * read the numbers too.
 */
export function toldReason(reason: Message | null, mayReadAll: boolean): string | null {
  if (reason === null) return null;
  return english(mayReadAll ? reason : veiled(reason));
}

function veiled(message: Message): Message {
  const { key, values } = said(message);
  if (values === undefined) return message;
  const shown = Object.entries(values).map(([name, value]) => [name, inside.has(name) ? "…" : within(value)]);
  return { key, values: Object.fromEntries(shown) };
}

function within(value: MessageValue): MessageValue {
  if (typeof value !== "object") return value;
  if (Array.isArray(value)) return value.map((one) => said(veiled(one)));
  return said(veiled(value as Message));
}
