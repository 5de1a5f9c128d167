import {
  type Problem,
  type Refusal,
  refusalCodes,
  type RefusalDetail,
  refusalTable,
  type RpcErrorObject,
  type ToldDetail,
} from "./errors.ts";
import { type Message, type MessageValue, said } from "./message.ts";
import { type MessageKey, messages } from "./messages/mod.ts";
import { fill, formOf, type Template } from "./templates.ts";

/** A message in a language, by that language's templates. */
export function rendered(
  language: string,
  templates: Readonly<Record<MessageKey, Template>>,
  message: Message,
): string {
  const { key, values = {} } = said(message);
  const template: Template | undefined = templates[key];
  // A record may have the key of another version.
  if (template === undefined) return key;
  const text = (value: MessageValue): string | number => {
    if (typeof value !== "object") return value;
    const several: readonly Message[] = Array.isArray(value) ? value : [value as Message];
    return several.map((one) => rendered(language, templates, one)).join("; ");
  };
  const filled = Object.fromEntries(Object.entries(values).map(([name, value]) => [name, text(value)]));
  const form = typeof template === "string" ? template : formOf(language, template, Number(filled.count));
  return fill(form, filled);
}

/** A message as programs and logs get it. */
export function english(message: Message): string {
  return rendered("en", messages, message);
}

/** The JSON-RPC `error` member of a refusal. */
export function rpcErrorOf(refusal: Refusal): RpcErrorObject {
  return {
    code: refusalCodes[refusal.kind],
    message: english(refusal.message),
    data: { kind: refusal.kind, ...toldDetail(refusal.detail) },
  };
}

/** The RFC 9457 body of a refusal. */
export function problemJsonOf(refusal: Refusal): Problem {
  const { kind, message, detail } = refusal;
  const { status, title } = refusalTable[kind];
  return { type: "about:blank", title, status, detail: english(message), kind, ...toldDetail(detail) };
}

function toldDetail({ fields, ...detail }: RefusalDetail): ToldDetail {
  if (fields === undefined) return detail;
  // Not by assignment: a field may be named __proto__.
  return {
    ...detail,
    fields: Object.fromEntries(Object.entries(fields).map(([name, reason]) => [name, english(reason)])),
  };
}
