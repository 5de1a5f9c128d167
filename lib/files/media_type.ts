import { fileTypeFromBuffer } from "file-type";

/** What cannot be told. */
const unknown = "application/octet-stream";

/**
 * FI-4: a file's type from its first bytes, never from what the client says. `isWhole`: the head is all there is.
 *
 * Bytes that are two things at once (a GIF with markup in it) are what their magic number says; what may be shown inline is
 * decided where they are served, by this type, and under a policy that runs no script.
 */
export async function typeOf(head: Uint8Array<ArrayBuffer>, isWhole: boolean): Promise<string> {
  const text = textOf(head, isWhole);
  const binary = await magicOf(head);
  if (text === null) return binary ?? unknown;
  // These two have magic numbers of two letters, and zeros in the headers behind them, which text has not.
  if (binary === "image/bmp" || binary === "application/x-msdownload") return textType(text, isWhole);
  return binary === null || binary === "application/xml" ? textType(text, isWhole) : binary;
}

async function magicOf(head: Uint8Array<ArrayBuffer>): Promise<string | null> {
  try {
    const found = await fileTypeFromBuffer(head);
    // Some come with parameters, like the codec of an Ogg stream.
    const mime = found?.mime.split(";").at(0)?.trim().toLowerCase();
    return mime !== undefined && /^[a-z]+\/[a-z0-9][a-z0-9.+_-]*$/.test(mime) ? mime : null;
  } catch {
    // A broken file can lead the parser anywhere; the upload is none the worse for it.
    return null;
  }
}

/** Bytes that are in no text: what browsers take for the mark of a binary file (WHATWG MIME Sniffing, "binary data byte"). */
// deno-lint-ignore no-control-regex -- control characters are what this looks for
const binaryCharacters = /[\u0000-\u0008\u000b\u000e-\u001a\u001c-\u001f]/;

/** The head as text: UTF-8, or UTF-16 with a byte order mark; null when it is neither. */
function textOf(head: Uint8Array, isWhole: boolean): string | null {
  if (head.length === 0) return null;
  const encoding = head[0] === 0xff && head[1] === 0xfe
    ? "utf-16le"
    : head[0] === 0xfe && head[1] === 0xff
    ? "utf-16be"
    : "utf-8";
  try {
    // A head may end in the middle of a character.
    const text = new TextDecoder(encoding, { fatal: true }).decode(head, { stream: !isWhole });
    return binaryCharacters.test(text) ? null : text;
  } catch {
    return null;
  }
}

/** Elements that a page without a doctype begins with. */
const pageStart =
  /^<(?:html|head|body|script|iframe|style|title|table|div|font|br|a|b|h1|p|img|object|embed|form|base|link|meta)(?=[\s>/])/i;

function textType(text: string, isWhole: boolean): string {
  const isXml = /^\s*<\?xml\s/.test(text);
  const { root, isHtml } = behindProlog(text);
  if (/^<svg(?=[\s>/:])|^<[A-Za-z_][\w.-]*:svg(?=[\s>/])/.test(root)) return "image/svg+xml";
  if (isXml) return /^<html(?=[\s>/])/.test(root) ? "application/xhtml+xml" : "application/xml";
  if (isHtml || pageStart.test(root)) return "text/html";
  return isJson(text, isWhole) ? "application/json" : "text/plain";
}

/** What stands behind white space, the declaration, comments, instructions and the document type, and whether that was HTML's. */
function behindProlog(text: string): { root: string; isHtml: boolean } {
  let root = text.trimStart();
  let isHtml = false;
  while (true) {
    const end = endOfPart(root);
    if (end === null) return { root, isHtml };
    isHtml ||= /^<!doctype\s+html/i.test(root);
    root = root.slice(end).trimStart();
  }
}

function endOfPart(text: string): number | null {
  if (text.startsWith("<!--")) return endOf(text, "-->");
  if (text.startsWith("<?")) return endOf(text, "?>");
  return /^<!doctype/i.test(text) ? endOfDoctype(text) : null;
}

function endOf(text: string, mark: string): number | null {
  const at = text.indexOf(mark);
  return at === -1 ? null : at + mark.length;
}

/** A document type may hold declarations in brackets, each with a `>` of its own. */
function endOfDoctype(text: string): number | null {
  const close = text.indexOf(">");
  const open = text.indexOf("[");
  return open === -1 || close < open ? endOf(text, ">") : endOf(text, "]>") ?? endOf(text, "]\n>");
}

/** Whole JSON objects and lists; of longer ones how they begin. A number or a word alone is text. */
function isJson(text: string, isWhole: boolean): boolean {
  if (!/^\s*[{[]/.test(text)) return false;
  if (!isWhole) return /^\s*(?:\{\s*"|\[\s*(?:["{[\d-]|true\b|false\b|null\b))/.test(text);
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
