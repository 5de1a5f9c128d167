import type { ChatMessage } from "../protocol/mod.ts";

/** A part of a text: words, or an address that a reader may open (CM-2: nothing opens it for them). */
export interface TextPart {
  text: string;
  href?: string;
}

/** What ends a sentence is rarely the end of an address. */
const trailing = /[.,;:!?'"»”’)\]]+$/;

/** A text with its addresses apart. Only https and http, and nothing with a name or password in it. */
export function textParts(text: string): TextPart[] {
  const parts: TextPart[] = [];
  let from = 0;
  for (const { 0: found, index } of text.matchAll(/https?:\/\/[^\s<>]+/gi)) {
    const address = found.replace(trailing, "");
    const url = URL.parse(address);
    if (url === null || url.username !== "" || url.password !== "" || url.hostname === "") continue;
    if (index > from) parts.push({ text: text.slice(from, index) });
    parts.push({ text: address, href: url.href });
    from = index + address.length;
  }
  if (from < text.length) parts.push({ text: text.slice(from) });
  return parts;
}

/** Messages of one person that follow each other closely have one head. */
const togetherMs = 5 * 60_000;

/** Whether a message begins a group: another person wrote before it, or long before, or on another day. */
export function beginsGroup(before: ChatMessage | undefined, message: ChatMessage): boolean {
  if (before === undefined || before.from.id !== message.from.id) return true;
  return Date.parse(message.createdAt) - Date.parse(before.createdAt) >= togetherMs;
}
