import type { Caller } from "../../lib/platform/mod.ts";
import type { ContactList, Grant, Preferences, Refusal } from "../../lib/protocol/mod.ts";
import type { Services } from "../../lib/web/services.ts";

export type Asked = <P, R>(
  method: string,
  answer: (params: P) => R,
) => (caller: Caller, params: P) => Promise<R | Refusal>;

interface ConsentWorld {
  contacts: ContactList;
  preferences: Preferences;
  grants: Grant[];
}

/** Contacts, preferences and grants of the one person whom page tests look at. */
export function fakeConsent(
  world: ConsentWorld,
  asked: Asked,
): Pick<Services, "contacts" | "preferences" | "grants"> {
  return {
    contacts: {
      request: asked(
        "contact.request",
        (p) => ({ ...p, displayName: p.username, relation: "outgoing" as const }),
      ),
      accept: asked(
        "contact.accept",
        (p) => ({ ...p, displayName: p.username, relation: "contact" as const }),
      ),
      decline: asked(
        "contact.decline",
        (p) => ({ ...p, displayName: p.username, relation: "none" as const }),
      ),
      remove: asked("contact.remove", (p) => ({ ...p, displayName: p.username, relation: "none" as const })),
      list: () => Promise.resolve(world.contacts),
    },
    preferences: {
      get: () => Promise.resolve(world.preferences),
      set: asked("preferences.set", (change) => {
        world.preferences = { ...world.preferences, ...definedOnly(change) };
        return world.preferences;
      }),
    },
    grants: {
      list: () => Promise.resolve({ grants: world.grants }),
      set: asked("grant.set", () => ({ grants: world.grants })),
      end: asked("grant.end", ({ id }) => {
        world.grants = world.grants.filter((grant) => grant.id !== id);
        return { grants: world.grants };
      }),
      changes: () => Promise.resolve([]),
    },
  };
}

function definedOnly<T extends object>(change: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]: Exclude<T[K], undefined>;
  };
}
