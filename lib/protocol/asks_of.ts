import type { Asks } from "./questions.ts";

/** CM-9: kinds that ask for an answer. */
export const askingKinds = ["choice", "form", "timer"] as const satisfies readonly Asks["kind"][];

export function isAsking(kind: string): kind is Asks["kind"] {
  return (askingKinds as readonly string[]).includes(kind);
}

/** What a command asks; null: nothing, as for all other kinds. A command's `data` was checked when it was sent. */
export function asksOf({ kind, data }: { kind: string; data: unknown }): Asks | null {
  return isAsking(kind) && typeof data === "object" ? { ...data, kind } as Asks : null;
}
