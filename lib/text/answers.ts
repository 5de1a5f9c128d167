import type { CommandState } from "../protocol/mod.ts";
import type { Language, Words } from "../words/mod.ts";
import { type Forms, plural } from "../words/shape.ts";

/** What was just answered, for the person who did. */
export function didText(
  words: Words["answers"],
  language: Language,
  state: CommandState,
  count: number,
): string {
  const did: Partial<Record<CommandState, Forms>> = words.did;
  return plural(language, did[state] ?? words.did.other, count);
}
