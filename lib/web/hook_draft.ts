import { type CommandDraft, filledTemplate, type Hook, limits } from "../protocol/mod.ts";

/** UTF-16 units of a filled template that are read: more than any text of a command has. */
const most = limits.body * 2 + 2;

/** The command that a hook makes of what was posted: its texts as far as a command takes them. */
export function hookDraft(hook: Hook, input: unknown, key: string): CommandDraft {
  const title = oneLine(filledTemplate(hook.title, input, most));
  const body = hook.body === undefined ? "" : cut(plain(filledTemplate(hook.body, input, most)), limits.body);
  return {
    key,
    audience: hook.audience,
    kind: hook.kind,
    ...(title === "" ? {} : { title }),
    ...(body === "" ? {} : { body }),
    ...(hook.categories === undefined ? {} : { categories: hook.categories }),
  };
}

// deno-lint-ignore no-control-regex -- control characters are what this looks for
const unseen = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]+/g;

/** AU-8: without control characters and turns of direction. */
function oneLine(text: string): string {
  return cut(plain(text).replaceAll(unseen, " ").normalize("NFC").trim(), limits.title);
}

function plain(text: string): string {
  return text.toWellFormed().replaceAll("\0", "").trim();
}

function cut(text: string, most: number): string {
  const letters = [...text];
  return letters.length <= most ? text : `${letters.slice(0, most - 1).join("")}…`;
}
