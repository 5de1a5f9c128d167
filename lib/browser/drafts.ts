import type { Typed } from "./form_fields.ts";

/** What a person typed into one form and has not sent (UI-10). */
export interface Draft {
  /** Key in the browser's storage. */
  slot: string;
  /** Path of the form's page. */
  path: string;
  typed: Typed;
  /** The form's own key, so that a send that is repeated is one command (CM-1). */
  key?: string | undefined;
  /** When it was typed, in ms since 1970. */
  at: number;
  /** The person pressed this button, and the server could not be reached. */
  wanted?: { name: string; value: string; at: number } | undefined;
}

const prefix = "behest-draft:";
/** As long as the server keeps a command that waits. */
const keptMs = 14 * 24 * 3600_000;
/** How long a press of a button counts: as long as the server knows the key of a command. */
const wantedMs = 24 * 3600_000;

/** Drafts of one person in this browser's storage. Without storage nothing is kept. Only for the browser. */
export class Drafts {
  readonly #own: string;

  constructor(userId: string) {
    this.#own = `${prefix}${userId}:`;
  }

  /** `prefilled`: what the address puts into the form; such a form is another one. */
  slot(path: string, form: string, prefilled: string): string {
    return `${this.#own}${JSON.stringify([path, form, prefilled])}`;
  }

  /** The draft of a form. A form without a prefill takes over the newest draft with one. */
  find(path: string, form: string, prefilled: string, now: number): Draft | null {
    const exact = this.slot(path, form, prefilled);
    const begin = exact.slice(0, -JSON.stringify([prefilled]).length + 1);
    const found = this.all(now).filter(({ slot }) =>
      slot === exact || (prefilled === "" && slot.startsWith(begin))
    );
    return found.find(({ slot }) => slot === exact) ?? found[0] ?? null;
  }

  /** Newest first. Drops what is too old. */
  all(now: number): Draft[] {
    return slots(this.#own).flatMap((slot) => {
      const draft = readDraft(slot, now);
      if (draft === null) drop(slot);
      return draft ?? [];
    }).sort((one, other) => other.at - one.at);
  }

  /** False if the browser could not keep it. */
  keep({ slot, ...kept }: Draft): boolean {
    try {
      localStorage.setItem(slot, JSON.stringify(kept));
      return true;
    } catch {
      return false;
    }
  }

  drop(slot: string): void {
    drop(slot);
  }
}

/** Deletes the drafts of everybody in this browser: at a logout nothing of a person stays (UI-3). */
export function wipeDrafts(): void {
  for (const slot of slots(prefix)) drop(slot);
}

function slots(begin: string): string[] {
  try {
    return Array.from({ length: localStorage.length }, (_, at) => localStorage.key(at) ?? "")
      .filter((key) => key.startsWith(begin));
  } catch {
    // Storage is switched off.
    return [];
  }
}

function drop(slot: string): void {
  try {
    localStorage.removeItem(slot);
  } catch {
    // Then nothing was stored either.
  }
}

/** Null for what is too old, or was not written by these pages. */
function readDraft(slot: string, now: number): Draft | null {
  try {
    const { path, typed, key, at, wanted } = JSON.parse(localStorage.getItem(slot) ?? "") as Draft;
    if (typeof path !== "string" || !path.startsWith("/") || typeof typed !== "object") return null;
    if (!(now - at < keptMs)) return null;
    const isWanted = wanted !== undefined && now - wanted.at < wantedMs;
    return { slot, path, typed, key, at, wanted: isWanted ? wanted : undefined };
  } catch {
    return null;
  }
}
