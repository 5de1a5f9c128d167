import type { Words } from "../words/mod.ts";

/** Steps that cannot be undone and are confirmed first. */
export type Ask = "cancel" | "contact" | "group";

export function askOf(text: string | null | undefined): Ask | null {
  return text === "cancel" || text === "contact" || text === "group" ? text : null;
}

export interface AskWords {
  title: string;
  hint: string;
  /** Label of the button. */
  act: string;
}

export function askWords(words: Words["confirm"], ask: Ask): AskWords {
  switch (ask) {
    case "cancel":
      return { title: words.cancel, hint: words.cancelHint, act: words.cancelDo };
    case "contact":
      return { title: words.contact, hint: words.contactHint, act: words.contactDo };
    case "group":
      return { title: words.group, hint: words.groupHint, act: words.groupDo };
    default:
      ask satisfies never;
      return { title: words.title, hint: "", act: words.title };
  }
}
