import type { Contact, GroupEntry, PushChoices, PushLevel } from "../protocol/mod.ts";

/** In a form: the level that its topic has. */
export const usual = "";

/** A contact or group with a level of its own, and those that have none. */
export interface Named {
  own: { name: string; label: string; level: PushLevel }[];
  others: { name: string; label: string }[];
}

export function namedContacts({ contacts: levels }: PushChoices, contacts: readonly Contact[]): Named {
  const all = contacts.map(({ username, displayName }) => ({
    name: username,
    label: displayName || username,
  }));
  return split(levels, all);
}

export function namedGroups({ groups: levels }: PushChoices, groups: readonly GroupEntry[]): Named {
  return split(levels, groups.map(({ name, title }) => ({ name, label: title })));
}

function split(levels: Readonly<Record<string, PushLevel>>, all: Named["others"]): Named {
  const labels = new Map(all.map(({ name, label }) => [name, label]));
  return {
    own: Object.entries(levels).map(([name, level]) => ({ name, label: labels.get(name) ?? name, level })),
    others: all.filter(({ name }) => !Object.hasOwn(levels, name)),
  };
}
