/** Reading TypeScript as far as brackets, texts and comments go. Regular expressions with quotes in them lead it astray. */

/** What stands between a bracket and its end. */
export function balanced(text: string, open: number): string {
  return text.slice(open + 1, closing(text, open));
}

/** Where a bracket ends. */
export function closing(text: string, open: number): number {
  let depth = 0;
  for (let at = open; at < text.length; at = next(text, at)) {
    if ("([{".includes(text[at]!)) depth++;
    else if (")]}".includes(text[at]!) && --depth === 0) return at;
  }
  return text.length;
}

/** An expression that begins here, to the bracket, comma or semicolon that ends it. */
export function expressionAt(text: string, start: number): string {
  let depth = 0;
  let at = start;
  for (; at < text.length; at = next(text, at)) {
    const one = text[at]!;
    if ("([{".includes(one)) depth++;
    else if (")]}".includes(one) && --depth < 0) break;
    else if (depth === 0 && ",;".includes(one)) break;
  }
  return text.slice(start, at);
}

/** The parts between a separator that stands in no bracket and no text; the last one is left out when it is empty. */
export function parts(text: string, separator: string): string[] {
  const found: string[] = [];
  let depth = 0;
  let from = 0;
  for (let at = 0; at < text.length; at = next(text, at)) {
    const one = text[at]!;
    if ("([{".includes(one)) depth++;
    else if (")]}".includes(one)) depth--;
    else if (
      depth === 0 && one === separator && !/^\?[?.]|^\?$/.test(one + (text[at + 1] ?? "")) &&
      text[at - 1] !== "?"
    ) {
      found.push(text.slice(from, at));
      from = at + 1;
    }
  }
  const last = text.slice(from);
  return last.trim() === "" && found.length > 0 ? found : [...found, last];
}

/** The place behind a character, or behind the text or comment that begins there. */
function next(text: string, at: number): number {
  const one = text[at]!;
  if (one === "/" && text[at + 1] === "/") return end(text.indexOf("\n", at), text);
  if (one === "/" && text[at + 1] === "*") return end(text.indexOf("*/", at) + 2, text);
  if (one !== '"' && one !== "'" && one !== "`") return at + 1;
  for (let end = at + 1; end < text.length; end++) {
    if (text[end] === "\\") end++;
    else if (one === "`" && text.startsWith("${", end)) end = closing(text, end + 1);
    else if (text[end] === one) return end + 1;
  }
  return text.length;
}

const end = (at: number, text: string) => at <= 1 ? text.length : at;
