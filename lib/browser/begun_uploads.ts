import { placed } from "./base_path.ts";

/** An upload that an earlier page did not finish. It continues when its file is chosen again. Sizes in bytes. */
export interface BegunUpload {
  /** Key in the browser's storage. */
  key: string;
  url: string;
  name: string;
  size: number;
  sent: number;
}

/** Stored in the browser, so that an upload survives a reload (UI-5). Logging out deletes it. */
interface Kept {
  url: string;
  name: string;
  size: number;
  at: number;
}

const keyPrefix = "behest-upload:";
/** How many stored uploads are looked up on the server, newest first. */
const askedAbout = 10;

const tusHeaders = { "Tus-Resumable": "1.0.0" };

/** The same for the same file chosen again. Two uploads of one file differ by a random suffix. */
function keyOf({ name, type, size, lastModified }: File): string {
  return `${keyPrefix}${JSON.stringify([name, type, size, lastModified])}`;
}

/** Unfinished uploads of this file, newest first. */
export function uploadsOf(file: File): BegunUpload[] {
  return allKept(keyOf(file));
}

/** Stores where an upload was started, and returns its key. */
export function keepUpload(file: File, url: string): string {
  const key = keyOf(file) + crypto.getRandomValues(new Uint32Array(1))[0];
  const kept: Kept = { url, name: file.name, size: file.size, at: Date.now() };
  try {
    localStorage.setItem(key, JSON.stringify(kept));
  } catch {
    // Without storage the upload can be resumed while the page is open.
  }
  return key;
}

/** Forgets an upload in this browser; the server keeps it. */
export function dropKept(key: string): void {
  try {
    localStorage.removeItem(key);
  } catch {
    // Then nothing was stored either.
  }
}

/** The person's own unfinished uploads that the server still has, newest first. Only for the browser. Never rejects. */
export async function begunUploads(): Promise<BegunUpload[]> {
  const found = await Promise.all(allKept(keyPrefix).slice(0, askedAbout).map(withProgress));
  return found.filter((one) => one !== null);
}

/** Cancels an upload, here and on the server. */
export async function forgetUpload({ key, url }: Pick<BegunUpload, "key" | "url">): Promise<void> {
  dropKept(key);
  await fetch(url, { method: "DELETE", headers: tusHeaders }).catch(() => {
    // The server deletes abandoned uploads itself.
  });
}

function allKept(prefix: string): BegunUpload[] {
  try {
    const keys = Array.from({ length: localStorage.length }, (_, at) => localStorage.key(at) ?? "");
    return keys.filter((key) => key.startsWith(prefix))
      .map((key) => ({ key, kept: readKept(localStorage.getItem(key) ?? "") }))
      .filter((one): one is { key: string; kept: Kept } => one.kept !== null)
      .sort((one, other) => other.kept.at - one.kept.at)
      .map(({ key, kept: { url, name, size } }) => ({ key, url, name, size, sent: 0 }));
  } catch {
    // Storage is switched off.
    return [];
  }
}

/** Null for anything but an upload to this server. */
function readKept(text: string): Kept | null {
  try {
    const { url, name, size, at } = JSON.parse(text) as Record<string, unknown>;
    const where = new URL(String(url));
    const isOurs = where.origin === location.origin && where.pathname.startsWith(placed("/api/v1/uploads/"));
    if (!isOurs || typeof name !== "string" || typeof size !== "number") return null;
    return { url: where.href, name, size, at: Number(at) || 0 };
  } catch {
    return null;
  }
}

/** Null if the upload has ended or belongs to another user of this browser: the server answers the same to both. */
async function withProgress(upload: BegunUpload): Promise<BegunUpload | null> {
  try {
    const response = await fetch(upload.url, { method: "HEAD", headers: tusHeaders });
    const sent = Number(response.headers.get("Upload-Offset") ?? NaN);
    return response.ok && Number.isSafeInteger(sent) ? { ...upload, sent } : null;
  } catch {
    return null;
  }
}
