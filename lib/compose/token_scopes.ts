import type { Caller } from "../platform/mod.ts";
import { Refusal, type TokenScope, tokenScopes } from "../protocol/mod.ts";
import type { Handlers, ServiceMethod } from "../realtime/mod.ts";

const reading = ["read", "receive"] as const;
/** Makes nothing looser, so every token may. */
const safer = tokenScopes;
/** For people alone: it loosens something, or speaks for the person towards others. */
const nobody = [] as const;

/**
 * AU-11: with which scopes an access token may call a method of the socket. A token can never loosen a preference, resume after a
 * stop or change who reaches the person.
 */
export const methodScopes: Readonly<Record<ServiceMethod, readonly TokenScope[]>> = {
  "inbox.list": reading,
  "inbox.counts": reading,
  "inbox.update": ["receive"],
  "inbox.undo": ["receive"],
  "command.send": ["send"],
  "command.preview": ["send"],
  "command.list": reading,
  "command.get": reading,
  "command.update": ["receive"],
  "command.review": ["send"],
  "command.cancel": ["send"],
  "command.edit": ["send"],
  "command.undo": ["send"],
  "preferences.get": ["read"],
  "preferences.set": nobody,
  "grant.list": ["read"],
  "grant.set": nobody,
  "grant.end": nobody,
  "category.list": ["read", "send", "receive"],
  "contact.request": nobody,
  "contact.accept": nobody,
  "contact.decline": nobody,
  "contact.remove": nobody,
  "contact.list": ["read", "send"],
  "group.list": ["read", "send"],
  "group.accept": nobody,
  "group.leave": nobody,
  "chat.send": ["send"],
  "chat.list": reading,
  "chat.counts": reading,
  "chat.notify": nobody,
  "chat.search": reading,
  "chat.talks": reading,
  "chat.read": ["receive"],
  "chat.retract": ["send"],
  "chat.writing": ["send"],
  "notice.list": reading,
  "notice.read": ["receive"],
  "report.create": nobody,
  "report.list": nobody,
  "sanction.list": ["read"],
  "sanction.read": nobody,
  "sanction.appeal": nobody,
  "safety.stop": safer,
  "safety.resume": nobody,
};

type AnyHandler = (caller: Caller, params: unknown) => Promise<unknown>;

/** The same methods, where an access token calls only those of its scopes. */
export function scoped(handlers: Handlers): Handlers {
  const all = Object.entries(handlers) as [ServiceMethod, AnyHandler][];
  return Object.fromEntries(
    all.map(([method, handler]) => [method, scopedCall(method, handler)]),
  ) as unknown as Handlers;
}

function scopedCall(method: ServiceMethod, handler: AnyHandler): AnyHandler {
  const may: readonly string[] = methodScopes[method];
  return (caller, params) =>
    caller.scopes === undefined || caller.scopes.some((scope) => may.includes(scope))
      ? handler(caller, params)
      : Promise.resolve(new Refusal("forbidden", "token.scope"));
}
