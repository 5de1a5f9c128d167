import type { FileObject, FilePage } from "../protocol/files.ts";
import { type Clock, systemClock, wait } from "../platform/clock.ts";
import { RequestError } from "./requests.ts";
import { problemError, Rest, type RestOptions } from "./rest.ts";

export interface UploadOptions {
  /** The file's name, where the source has none. */
  name?: string;
  /** Bytes that the server has. */
  progress?: (sent: number, size: number) => void;
  /** Address of an upload that an earlier run began. One that the server no longer has is begun anew. */
  resume?: string;
  /** Called with that address, to be kept for `resume`. */
  begun?: (url: string) => void;
  signal?: AbortSignal;
}

/** Bytes of one request: fewer than the megabyte to which many proxies limit a body (FI-9). */
const partBytes = 1_000_000;
/** The smallest part that is tried when a proxy refuses larger ones. */
const leastPartBytes = 50_000;
/** Waits before an upload is resumed. They start again once bytes arrived. */
const retryDelaysMs = [500, 1000, 3000, 10_000];
const tusHeaders = { "tus-resumable": "1.0.0" };

interface Standing {
  url: string;
  offset: number;
  fileId: string | null;
}

/** Files of the person: resumable uploads (tus 1.0.0, FI-2) and downloads. In browsers, Deno and Node. */
export class Files {
  readonly #rest: Rest;
  readonly #clock: Clock;

  constructor(options: RestOptions & { clock?: Clock }) {
    this.#rest = new Rest(options);
    this.#clock = options.clock ?? systemClock;
  }

  /** Uploads, and resumes after interruptions. Resolves once the server has the file; it may still be scanned then. */
  async put(source: Blob, options: UploadOptions = {}): Promise<FileObject> {
    const name = options.name ?? ("name" in source && typeof source.name === "string" ? source.name : "file");
    let place = options.resume;
    let part = partBytes;
    for (let tries = 0;;) {
      try {
        const standing = place === undefined ? null : await this.#standing(place, options.signal);
        let { url, offset, fileId } = standing ?? await this.#begin(source.size, name, options.signal);
        if (standing === null) options.begun?.(url);
        place = url;
        options.progress?.(offset, source.size);
        while (offset < source.size) {
          const sent = await this.#send(url, offset, source.slice(offset, offset + part), options.signal);
          if (sent.offset <= offset) throw new RequestError("broken", "The server took no bytes.");
          ({ offset, fileId } = sent);
          tries = 0;
          options.progress?.(offset, source.size);
        }
        if (fileId === null) throw new RequestError("internal", "The server did not name the file.");
        return await this.get(fileId);
      } catch (error) {
        options.signal?.throwIfAborted();
        if (error instanceof ProxyLimit && part > leastPartBytes) {
          part = Math.max(leastPartBytes, Math.floor(part / 2));
          continue;
        }
        const delayMs = mayHelp(error) ? retryDelaysMs[tries++] : undefined;
        if (delayMs === undefined) throw error instanceof ProxyLimit ? error.refusal : error;
        await wait(this.#clock, delayMs);
      }
    }
  }

  async get(id: string): Promise<FileObject> {
    const response = await this.#rest.call(`/api/v1/files/${encodeURIComponent(id)}`);
    return (await response.json() as { file: FileObject }).file;
  }

  /** A page of the person's own files, newest first. `before`: `next` of the page before. */
  async list(before?: string): Promise<FilePage> {
    const response = await this.#rest.call(`/api/v1/files${before === undefined ? "" : `?before=${before}`}`);
    return await response.json() as FilePage;
  }

  /** Its bytes, from `from` on: of the person's own files, and of those in commands and chats that they got. Only when clean. */
  async content(id: string, options: { from?: number; signal?: AbortSignal } = {}): Promise<Response> {
    const headers: Record<string, string> = options.from ? { range: `bytes=${options.from}-` } : {};
    const path = `/api/v1/files/${encodeURIComponent(id)}/content`;
    return await this.#rest.call(path, { headers, ...(options.signal ? { signal: options.signal } : {}) });
  }

  /** Ends an upload that was begun and not finished. */
  async abandon(url: string): Promise<void> {
    await this.#rest.call(url, { method: "DELETE", headers: tusHeaders });
  }

  /** How far an upload is; null when the server no longer has it. */
  async #standing(url: string, signal: AbortSignal | undefined): Promise<Standing | null> {
    const response = await this.#rest.send(url, { method: "HEAD", headers: tusHeaders, ...when(signal) });
    if (response.status === 404 || response.status === 410) return null;
    if (!response.ok) throw problemError(response.status, "");
    return standingIn(url, response);
  }

  async #begin(size: number, name: string, signal: AbortSignal | undefined): Promise<Standing> {
    const response = await this.#rest.call("/api/v1/uploads", {
      method: "POST",
      headers: {
        ...tusHeaders,
        "upload-length": String(size),
        "upload-metadata": `filename ${base64(name)}`,
      },
      ...when(signal),
    });
    await response.body?.cancel();
    const place = response.headers.get("location");
    if (place === null) throw new RequestError("internal", "The server began no upload.");
    const url = new URL(place, `${this.#rest.origin}/`).href;
    return { url, offset: 0, fileId: response.headers.get("behest-file-id") };
  }

  async #send(url: string, offset: number, body: Blob, signal: AbortSignal | undefined): Promise<Standing> {
    const response = await this.#rest.send(url, {
      method: "PATCH",
      headers: {
        ...tusHeaders,
        "upload-offset": String(offset),
        "content-type": "application/offset+octet-stream",
      },
      body,
      ...when(signal),
    });
    const said = await response.text();
    if (response.ok) return standingIn(url, response);
    const refusal = problemError(response.status, said);
    // The server's own refusals have a kind: anything else comes from a proxy.
    throw response.status === 413 && !said.includes('"kind"') ? new ProxyLimit(refusal) : refusal;
  }
}

class ProxyLimit extends Error {
  readonly refusal: RequestError;

  constructor(refusal: RequestError) {
    super(refusal.message);
    this.refusal = refusal;
  }
}

function when(signal: AbortSignal | undefined): { signal?: AbortSignal } {
  return signal === undefined ? {} : { signal };
}

function standingIn(url: string, { headers }: Response): Standing {
  const offset = Number(headers.get("upload-offset") ?? NaN);
  if (!Number.isSafeInteger(offset)) {
    throw new RequestError("internal", "The server did not say how far it is.");
  }
  return { url, offset, fileId: headers.get("behest-file-id") };
}

/** Whether the same can succeed later. */
function mayHelp(error: unknown): boolean {
  const passing = ["offline", "broken", "rate_limited", "unavailable", "internal", "conflict"];
  return error instanceof RequestError && passing.includes(error.kind);
}

function base64(text: string): string {
  return btoa(String.fromCharCode(...new TextEncoder().encode(text)));
}
