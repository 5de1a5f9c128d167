import type { Words } from "../words/mod.ts";

/** What is asked about before it is done, because it cannot be undone. */
export type Ask = "cancel" | "contact";

export function askOf(text: string | null | undefined): Ask | null {
  return text === "cancel" || text === "contact" ? text : null;
}

export interface AskWords {
  title: string;
  hint: string;
  /** On the button that does it. */
  act: string;
}

export function askWords(words: Words["confirm"], ask: Ask): AskWords {
  switch (ask) {
    case "cancel":
      return { title: words.cancel, hint: words.cancelHint, act: words.cancelDo };
    case "contact":
      return { title: words.contact, hint: words.contactHint, act: words.contactDo };
    default:
      ask satisfies never;
      return { title: words.title, hint: "", act: words.title };
  }
}
