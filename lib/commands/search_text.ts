import { asksOf, type Command } from "../protocol/mod.ts";
import { fold } from "../protocol/fold.ts";

/** Characters of one command that a search looks at: titles, texts and names fit, whatever the rest. */
const searchedMost = 5000;

/** The words of a search, as texts are compared (`fold`). */
export function searchWords(q: string): string[] {
  return [...new Set(fold(q).split(/\s+/).filter((word) => word !== ""))];
}

/** Every word occurs in the text, which is folded already. */
export function hasWords(text: string, words: readonly string[]): boolean {
  return words.every((word) => text.includes(word));
}

/** What can be found of a command that is open to its reader: folded, each part in a line of its own. */
export function searchText(command: Command): string {
  const { title, body, data, attachments } = command;
  const href = command.kind === "link" && typeof data?.href === "string" ? data.href : "";
  const said = [title ?? "", body ?? "", href, ...labelsOf(command), ...attachments.map(({ name }) => name)];
  return fold([...outside(command), ...said].join("\n")).slice(0, searchedMost);
}

/** CM-9: what a question says. */
function labelsOf(command: Command): string[] {
  const asks = asksOf(command);
  switch (asks?.kind) {
    case "choice":
      return asks.options.map(({ label }) => label);
    case "form":
      return asks.fields.flatMap((field) => [
        field.label,
        ...(field.type === "choice" ? field.options.map(({ label }) => label) : []),
      ]);
    case "timer":
    case undefined:
      return [];
    default:
      return asks satisfies never;
  }
}

const texts = new WeakMap<Command, string>();

/** The same, kept for as long as the command is in memory. */
export function keptSearchText(command: Command): string {
  let text = texts.get(command);
  if (text === undefined) texts.set(command, text = searchText(command));
  return text;
}

/** Whether a reader finds a command with these words: of a sealed one only its sender and categories (CO-2). */
export function isFoundBy(sealed: boolean, command: Command, words: readonly string[]): boolean {
  return hasWords(sealed ? fold(outside(command).join("\n")) : keptSearchText(command), words);
}

/** What shows on the outside of a sealed command. */
function outside({ from, categories }: Pick<Command, "from" | "categories">): string[] {
  return [from.displayName, `@${from.username}`, ...categories];
}
