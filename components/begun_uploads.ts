/** Where an upload is: on the server, and the key under which this browser keeps that. */
export interface UploadPlace {
  key: string;
  url: string;
}

/** An upload that broke off with another page, and can go on when its file is chosen again. Sizes in bytes. */
export interface BegunUpload extends UploadPlace {
  name: string;
  size: number;
  sent: number;
}

const keyPrefix = "tus::";
/** Of those that are kept, the newest that are asked about. */
const askedAbout = 10;

/** The person's own uploads that the server still has, newest first. Only for the browser; never rejects. */
export async function begunUploads(): Promise<BegunUpload[]> {
  const found = await Promise.all(keptUploads().map(withProgress));
  return found.filter((one) => one !== null);
}

/** What is kept of a file's uploads, newest first: by name, type, size and time it is the same one. */
export function uploadsOf(file: File): UploadPlace[] {
  const prefix = prefixOf(file);
  return keptUploads().filter(({ key }) => key.startsWith(prefix));
}

/** Keeps where a file is sent to, for after a reload. */
export function keepUpload(file: File, url: string): UploadPlace {
  const key = `${prefixOf(file)}${crypto.getRandomValues(new Uint32Array(1))[0]}`;
  try {
    const { name: filename, size } = file;
    const creationTime = new Date().toISOString();
    localStorage.setItem(key, JSON.stringify({ uploadUrl: url, size, metadata: { filename }, creationTime }));
  } catch {
    // Storage is switched off, or full: it goes on for as long as this page is open.
  }
  return { key, url };
}

export function dropUpload(key: string): void {
  try {
    localStorage.removeItem(key);
  } catch {
    // Storage is switched off: nothing was kept.
  }
}

function prefixOf({ name, type, size, lastModified }: File): string {
  return `${keyPrefix}${[name, type, size, lastModified].join("-")}::`;
}

/** Gives one up, here and on the server. */
export async function forgetUpload({ key, url }: BegunUpload): Promise<void> {
  dropUpload(key);
  try {
    await fetch(url, { method: "DELETE", headers: tusHeaders });
  } catch {
    // The server removes what nobody goes on with by itself.
  }
}

const tusHeaders = { "Tus-Resumable": "1.0.0" };

interface Kept {
  upload: BegunUpload;
  at: number;
}

function keptUploads(): BegunUpload[] {
  try {
    const keys = Array.from({ length: localStorage.length }, (_, at) => localStorage.key(at) ?? "");
    return keys.filter((key) => key.startsWith(keyPrefix))
      .map((key) => readKept(key, localStorage.getItem(key) ?? ""))
      .filter((one): one is Kept => one !== null)
      .sort((a, b) => b.at - a.at)
      .slice(0, askedAbout)
      .map(({ upload }) => upload);
  } catch {
    // Storage is switched off: then nothing was kept either.
    return [];
  }
}

/** Null for what is no upload to this server. */
function readKept(key: string, text: string): Kept | null {
  try {
    const { uploadUrl, size, metadata, creationTime } = JSON.parse(text) as Record<string, unknown>;
    const { filename } = metadata as Record<string, unknown>;
    const url = new URL(String(uploadUrl));
    const isOurs = url.origin === location.origin && url.pathname.startsWith("/api/v1/uploads/");
    if (!isOurs || typeof filename !== "string" || typeof size !== "number") return null;
    return {
      upload: { key, url: url.href, name: filename, size, sent: 0 },
      at: Date.parse(String(creationTime)) || 0,
    };
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
