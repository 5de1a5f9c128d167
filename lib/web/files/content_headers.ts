import type { FileObject } from "../../protocol/mod.ts";

/**
 * FI-5: what browsers may show by themselves: pictures without scripts, sound and film. Never SVG, HTML, XML or PDF. The names
 * are those of the IANA list, and those that sniffing gives in their place.
 */
const shownInline: ReadonlySet<string> = new Set([
  "image/apng",
  "image/avif",
  "image/bmp",
  "image/gif",
  "image/heic",
  "image/heif",
  "image/jpeg",
  "image/jxl",
  "image/png",
  "image/webp",
  "audio/aac",
  "audio/amr",
  "audio/flac",
  "audio/mp4",
  "audio/mpeg",
  "audio/ogg",
  "audio/opus",
  "audio/wav",
  "audio/webm",
  "audio/x-flac",
  "audio/x-m4a",
  "video/3gpp",
  "video/3gpp2",
  "video/matroska",
  "video/mp4",
  "video/mpeg",
  "video/ogg",
  "video/quicktime",
  "video/webm",
  "video/x-m4v",
  "video/x-matroska",
]);

/** Opened by itself a file gets no origin, no script, no form and no request to anywhere. */
const policy = "sandbox; default-src 'none'; img-src 'self'; media-src 'self'; style-src 'unsafe-inline'; " +
  "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/**
 * What goes with a file's bytes. What is not shown inline is a download of no type, so that nobody's browser acts on one; its
 * type stands in the file object. Kept by no cache: a file that is rejected later must be gone.
 */
export function contentHeaders({ sha256, name, type, size }: FileObject): Headers {
  const isShown = shownInline.has(type);
  return new Headers({
    "accept-ranges": "bytes",
    "cache-control": "private, no-store, no-transform",
    "content-disposition": contentDisposition(isShown ? "inline" : "attachment", name),
    "content-length": String(size),
    "content-security-policy": policy,
    "content-type": isShown ? type : "application/octet-stream",
    "cross-origin-resource-policy": "same-origin",
    "etag": `"${sha256}"`,
    "x-content-type-options": "nosniff",
  });
}

/** 304 for a client that has the bytes. */
export function unchanged(headers: Headers): Response {
  headers.delete("content-length");
  headers.delete("content-type");
  return new Response(null, { status: 304, headers });
}

/**
 * RFC 6266: an ASCII name for all, and the real one as RFC 8187 writes it where they differ. The first has `_` for quotes,
 * backslashes, percent signs, slashes, controls and all that is not ASCII, as clients read those in many ways.
 */
export function contentDisposition(how: "inline" | "attachment", name: string): string {
  const plain = name.replace(/[^\u0020-\u007e]|["\\%/]/gu, "_");
  const quoted = `${how}; filename="${plain}"`;
  return plain === name ? quoted : `${quoted}; filename*=UTF-8''${extendedValue(name)}`;
}

/** RFC 8187, `value-chars`: of what `encodeURIComponent` leaves, these four are no `attr-char`. */
function extendedValue(text: string): string {
  return encodeURIComponent(text.toWellFormed())
    .replace(/['()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);
}

/** What a request's conditions and range come to, for a file of `size` bytes. Byte numbers are the first and the last one. */
export type Wanted =
  | { kind: "whole" }
  | { kind: "part"; first: number; last: number }
  | { kind: "unchanged" }
  | { kind: "changed" }
  | { kind: "no_such_range" };

/** RFC 9110, sections 13 and 14.2, in its order. Dates play no part, as no answer has a `Last-Modified`. */
export function wanted(method: string, headers: Headers, etag: string, size: number): Wanted {
  const ifMatch = headers.get("if-match");
  if (ifMatch !== null && !names(ifMatch, etag, "strong")) return { kind: "changed" };
  const ifNoneMatch = headers.get("if-none-match");
  if (ifNoneMatch !== null && names(ifNoneMatch, etag, "weak")) return { kind: "unchanged" };
  const range = headers.get("range");
  if (range === null || method !== "GET") return { kind: "whole" };
  const ifRange = headers.get("if-range");
  if (ifRange !== null && ifRange.trim() !== etag) return { kind: "whole" };
  return partOf(range, size);
}

/** Whether a list of entity tags has this one. */
function names(list: string, etag: string, comparison: "strong" | "weak"): boolean {
  if (list.trim() === "*") return true;
  const tags = list.match(/(?:W\/)?"[\u0021\u0023-\u007e\u0080-\u00ff]*"/g) ?? [];
  return tags.some((tag) => tag === etag || (comparison === "weak" && tag === `W/${etag}`));
}

/** One range is given; several, and what is none, are refused. A unit that is not known here is ignored, as the RFC has it. */
function partOf(range: string, size: number): Wanted {
  const [, unit = "", set = ""] = /^\s*([^=\s]+)\s*=(.*)$/.exec(range) ?? [];
  if (unit.toLowerCase() !== "bytes") return { kind: "whole" };
  const [, from, to] = /^\s*([0-9]*)-([0-9]*)\s*$/.exec(set) ?? [];
  if (from === undefined || to === undefined || (from === "" && to === "")) return { kind: "no_such_range" };
  const first = from === "" ? Math.max(0, size - Number(to)) : Number(from);
  const last = from === "" || to === "" ? size - 1 : Math.min(Number(to), size - 1);
  return first > last || first >= size || (to !== "" && from !== "" && Number(to) < Number(from))
    ? { kind: "no_such_range" }
    : { kind: "part", first, last };
}
