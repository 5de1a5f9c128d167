/** A part of a text: plain, or an element of a page with what is in it. */
export type Rich = string | {
  is: "p" | "ul" | "ol" | "li" | "pre" | "code" | "strong" | "em" | "a";
  with?: { start: number } | { href: string; target: "_blank"; rel: string; dir: "ltr" };
  parts: Rich[];
};

type Open = Exclude<Rich, string>;

/** Marker of a list's item, with the number of a numbered one; how a line begins that goes on with one. */
const item = /^ ?(?:[-*+]|(\d{1,4})[.)]) +(?=\S)/;
const goesOn = /^ {2,}\S/;
/** Begins code, perhaps with its language, which is not shown. */
const fence = /^```\w*\s*$/;

/**
 * Code, bold, italics or an address. Bounds and line ends keep what is never closed from being looked for over the whole text
 * again and again.
 */
const marks =
  /`([^`\n]+)`|\*\*(?=\S)(.{0,400}?\S)\*\*|(?<![\p{L}\p{N}*_])([*_])(?=[^\s*_])(.{0,400}?[^\s*_])\3(?![\p{L}\p{N}*_])|https:\/\/[^\s<>]+/gu;

/**
 * What people write, as light Markdown: bold, italics, code, lists, and https addresses as links. Everything else stays as
 * typed; there are no headings, pictures, HTML, or links behind other words.
 */
export function richText(text: string): Open[] {
  const blocks: Open[] = [];
  let block: Open | undefined;
  let lines: string[] = [];
  /** Ends the block that is being read. */
  const begin = (is?: Open["is"], more?: Open["with"]) => {
    if (block?.is === "p") block.parts = inline(lines.join("\n"));
    else if (block?.is === "pre") block.parts = [{ is: "code", parts: [lines.join("\n")] }];
    else if (block) block.parts = lines.map((line) => ({ is: "li", parts: inline(line) }));
    block = is && { is, ...(more && { with: more }), parts: [] };
    if (block) blocks.push(block);
    lines = [];
  };
  for (const line of text.split("\n")) {
    const [marker, number] = item.exec(line) ?? [];
    const list = number ? "ol" : "ul";
    if (block?.is === "pre") line.trimEnd() === "```" ? begin() : lines.push(line);
    else if (fence.test(line)) begin("pre");
    else if (marker) {
      if (block?.is !== list) begin(list, number ? { start: Number(number) } : undefined);
      lines.push(line.slice(marker.length));
    } else if (!line.trim()) begin();
    else if (block && block.is !== "p" && goesOn.test(line)) lines.push(`${lines.pop()}\n${line}`);
    else {
      if (block?.is !== "p") begin("p");
      lines.push(line);
    }
  }
  begin();
  return blocks;
}

/** `inside`: what the text is in already, and cannot be again. */
function inline(text: string, inside = ""): Rich[] {
  const parts: Rich[] = [];
  let from = 0;
  for (const { 0: whole, 1: code, 2: bold, 4: italics, index } of text.matchAll(marks)) {
    const is = bold ? "strong" : "em";
    const inner = bold ?? italics;
    const typed = code || inner ? whole : address(whole);
    const part: Rich | null = code
      ? { is: "code", parts: [code] }
      : !inner
      ? link(typed)
      : inside.includes(is)
      ? null
      : { is, parts: inline(inner, inside + is) };
    if (part === null) continue;
    parts.push(text.slice(from, index), part);
    from = index + typed.length;
  }
  parts.push(text.slice(from));
  return parts.filter(Boolean);
}

/** An address without what ends the sentence around it. */
function address(typed: string): string {
  const after = ".,;:!?'\"*_" + (typed.includes("(") ? "" : ")]");
  let end = typed.length;
  while (after.includes(typed[end - 1]!)) end--;
  return typed.slice(0, end);
}

/**
 * Only https is ever made into something to click, and the host that it leads to can be read: from the left, whatever turns the
 * direction of the text around it or in it.
 */
function link(text: string): Rich | null {
  const url = URL.parse(text);
  if (!url?.host || url.username || url.password) return null;
  const { href, host } = url;
  return {
    is: "a",
    with: { href, target: "_blank", rel: "noopener noreferrer nofollow ugc", dir: "ltr" },
    parts: [text.startsWith(`https://${host}`) && !/[\u202a-\u2069]/.test(text) ? text : href],
  };
}

/** The words of a text in one line, without what marks them. */
export function plainText(text: string): string {
  const words = (part: Rich): string =>
    typeof part === "string"
      ? part
      : part.parts.map(words).join(part.is === "ul" || part.is === "ol" ? " " : "");
  return richText(text).map(words).join(" ").replaceAll(/\s+/g, " ").trim();
}
