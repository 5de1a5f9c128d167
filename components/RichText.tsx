import { type ComponentChildren, h } from "preact";
import { type Rich, richText } from "../lib/text/rich_text.ts";

/** What a person wrote, with its bold, italics, code, lists and links. A link opens in its own tab, when it is pressed. */
export function RichText({ text }: { text: string }) {
  return <div class="body">{richText(text).map(shown)}</div>;
}

function shown(part: Rich): ComponentChildren {
  return typeof part === "string" ? part : h(part.is, part.with ?? null, part.parts.map(shown));
}
