/** What the headers of tus say: of an upload when it begins, and of each part. */
import { type Message, Refusal, say } from "../../protocol/mod.ts";
import { problem, problemAs } from "../problems.ts";
import { refusedEncoding, saidLength } from "./upload.ts";

/** Names of checksums, with the bytes that each has. */
export const checksums = { sha1: 20, sha256: 32 } as const;

const partType = "application/offset+octet-stream";

/** The refusal of a header. */
export const wrong = (message: Message) => new Refusal("invalid_params", message);

/** What is said of a part: its size in bytes, null where it is not said, and at most one checksum. */
export interface Part {
  size: number | null;
  sha1?: Uint8Array;
  sha256?: Uint8Array;
}

/** Whether the request that begins an upload brings a part of it. */
export function hasPart(headers: Headers): boolean {
  const length = headers.get("content-length");
  return headers.has("transfer-encoding") || (length !== null && length !== "0") ||
    headers.get("content-type")?.toLowerCase() === partType;
}

/** What is said of a body, or why it cannot be taken. */
export function partOf(headers: Headers): Part | Response {
  if (headers.get("content-type")?.trim().toLowerCase() !== partType) {
    const refusal = wrong(say("tus.type", { type: partType }));
    return problemAs(415, "Unsupported media type", refusal);
  }
  const encoded = refusedEncoding(headers);
  if (encoded !== undefined) return problem(encoded);
  const size = saidLength(headers);
  if (size instanceof Refusal) return problem(size);
  const checksum = checksumOf(headers.get("upload-checksum"));
  return checksum instanceof Refusal ? problem(checksum) : { size, ...checksum };
}

function checksumOf(said: string | null): Omit<Part, "size"> | Refusal {
  if (said === null) return {};
  const [, name = "", encoded = ""] = /^\s*([a-z0-9]+) +([A-Za-z0-9+/=]+)\s*$/.exec(said) ?? [];
  const bytes = base64(encoded);
  if (!Object.hasOwn(checksums, name) || bytes?.length !== checksums[name as keyof typeof checksums]) {
    return wrong(
      say("tus.checksum", { names: Object.keys(checksums).join(", ") }),
    );
  }
  return { [name]: bytes };
}

export function lengthOf(headers: Headers): number | Refusal {
  if (headers.has("upload-defer-length")) {
    return wrong("tus.length");
  }
  return wholeNumber(headers.get("upload-length")) ??
    wrong("tus.length");
}

export function wholeNumber(text: string | null): number | null {
  return text !== null && /^[0-9]{1,15}$/.test(text) ? Number(text) : null;
}

/** The file's name in `Upload-Metadata`: `filename`, or `name`. What else is said is not kept; types are not believed. */
export function nameOf(metadata: string): string | Refusal {
  const found = new Map<string, string>();
  for (const pair of metadata.split(",")) {
    const [, key, value = ""] = /^\s*([^\s,]+)(?: +([A-Za-z0-9+/=]*))?\s*$/.exec(pair) ?? [];
    if (key === undefined && pair.trim() === "") continue;
    if (key === undefined || found.has(key)) {
      return wrong(
        "tus.metadata",
      );
    }
    found.set(key, value);
  }
  const encoded = found.get("filename") ?? found.get("name");
  if (encoded === undefined) return wrong("tus.filename");
  const bytes = base64(encoded);
  try {
    if (bytes !== null) return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    // Not UTF-8.
  }
  return wrong("tus.filenameUnread");
}

function base64(text: string): Uint8Array | null {
  try {
    return Uint8Array.fromBase64(text);
  } catch {
    return null;
  }
}
