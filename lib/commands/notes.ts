import { english } from "../protocol/mod.ts";
import type { Note } from "./ports.ts";

/** A note as programs get it. */
export function noteText(note: Note | null): string | null {
  return note === null || typeof note === "string" ? note : english(note);
}

/** Length of a note in UTF-16 units. */
export function noteLength(note: Note | null): number {
  return noteText(note)?.length ?? 0;
}
