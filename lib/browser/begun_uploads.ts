/** An upload that broke off with another page, and can go on when its file is chosen again. Sizes in bytes. */
export interface BegunUpload {
  /** Under which the browser keeps it. */
  key: string;
  url: string;
  name: string;
  size: number;
  sent: number;
}

/** What the browser keeps of each, so that it survives a reload (UI-5). The logout clears it with all else. */
interface Kept {
  url: string;
  name: string;
  size: number;
  at: number;
}

const keyPrefix = "behest-upload:";
/** Of those that are kept, the newest that are asked about. */
const askedAbout = 10;

const tusHeaders = { "Tus-Resumable": "1.0.0" };

/** The same for the same file, chosen again; a file that is sent twice at once has two. */
function keyOf({ name, type, size, lastModified }: File): string {
  return `${keyPrefix}${JSON.stringify([name, type, size, lastModified])}`;
}

/** Where uploads of this file were begun, newest first. */
export function uploadsOf(file: File): BegunUpload[] {
  return allKept(keyOf(file));
}

/** Remembers where an upload was begun; gives what it is kept under. */
export function keepUpload(file: File, url: string): string {
  const key = keyOf(file) + crypto.getRandomValues(new Uint32Array(1))[0];
  const kept: Kept = { url, name: file.name, size: file.size, at: Date.now() };
  try {
    localStorage.setItem(key, JSON.stringify(kept));
  } catch {
    // Without storage it goes on as long as the page is open.
  }
  return key;
}

/** Forgets one here; the server keeps it. */
export function dropKept(key: string): void {
  try {
    localStorage.removeItem(key);
  } catch {
    // Then nothing was kept either.
  }
}

/** The person's own uploads that the server still has, newest first. Only for the browser; never rejects. */
export async function begunUploads(): Promise<BegunUpload[]> {
  const found = await Promise.all(allKept(keyPrefix).slice(0, askedAbout).map(withProgress));
  return found.filter((one) => one !== null);
}

/** Gives one up, here and on the server. */
export async function forgetUpload({ key, url }: Pick<BegunUpload, "key" | "url">): Promise<void> {
  dropKept(key);
  await fetch(url, { method: "DELETE", headers: tusHeaders }).catch(() => {
    // The server removes what nobody goes on with by itself.
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

/** Null for what is no upload to this server. */
function readKept(text: string): Kept | null {
  try {
    const { url, name, size, at } = JSON.parse(text) as Record<string, unknown>;
    const where = new URL(String(url));
    const isOurs = where.origin === location.origin && where.pathname.startsWith("/api/v1/uploads/");
    if (!isOurs || typeof name !== "string" || typeof size !== "number") return null;
    return { url: where.href, name, size, at: Number(at) || 0 };
  } catch {
    return null;
  }
}

/** Null for one that ended, and for one of somebody else who used this browser: the server says the same of both. */
async function withProgress(upload: BegunUpload): Promise<BegunUpload | null> {
  try {
    const response = await fetch(upload.url, { method: "HEAD", headers: tusHeaders });
    const sent = Number(response.headers.get("Upload-Offset") ?? NaN);
    return response.ok && Number.isSafeInteger(sent) ? { ...upload, sent } : null;
  } catch {
    return null;
  }
}
