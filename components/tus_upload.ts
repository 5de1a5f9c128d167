import { dropUpload, keepUpload, type UploadPlace } from "./begun_uploads.ts";

/** What the server said to one request. */
export interface TusAnswer {
  status: number;
  header(name: string): string | null;
  body: string;
}

interface TusEvents {
  /** Bytes that have left so far. */
  progress(sent: number): void;
  /** All of it is there; null when the server did not name the file. */
  arrived(fileId: string | null): void;
  /** It does not go on by itself. Null: the line broke, and trying again did not help. */
  failed(answer: TusAnswer | null): void;
}

/** Waits before a broken upload goes on by itself; over again with each byte that got through. */
const retryDelaysMs = [0, 1000, 3000, 10_000];

const endpoint = "/api/v1/uploads";

/**
 * One file on its way by tus 1.0.0 (FI-2), as far as our server needs it: the package for all servers and all browsers would be
 * a quarter of what a page may have (UI-7). Only for the browser.
 */
export class TusUpload {
  readonly #file: File;
  readonly #events: TusEvents;
  #at: UploadPlace | null;
  /** Counts starts and pauses: what an earlier one began ends when it sees that it is not the last. */
  #turn = 0;
  #request: XMLHttpRequest | null = null;
  /** Ends the wait between two tries. */
  #wake: (() => void) | null = null;

  /** `before`: where an earlier page sent a part of the same file to (UI-5). */
  constructor(file: File, before: UploadPlace | null, events: TusEvents) {
    this.#file = file;
    this.#at = before;
    this.#events = events;
  }

  /** Null before the server has taken it. */
  get url(): string | null {
    return this.#at?.url ?? null;
  }

  /** Begins, or goes on where it broke off. Not to be called while it runs. */
  start(): void {
    void this.#run(++this.#turn);
  }

  /** What was sent stays on the server. */
  pause(): void {
    this.#turn++;
    this.#request?.abort();
    this.#wake?.();
  }

  /** Gives it up, here and on the server. */
  async remove(): Promise<void> {
    this.pause();
    const { url } = this;
    this.#forget();
    if (url !== null) await this.#ask("DELETE", url);
  }

  async #run(turn: number): Promise<void> {
    const { size } = this.#file;
    let reached = -1;
    let tries = 0;
    while (true) {
      const answer = await this.#attempt(turn);
      // The request was broken off on purpose.
      if (this.#turn !== turn) return;
      const offset = answer !== null && isGood(answer) ? offsetOf(answer) : -1;
      if (answer !== null && offset === size) {
        this.#forget();
        return this.#events.arrived(answer.header("Behest-File-Id"));
      }
      if (offset > reached) {
        reached = offset;
        tries = 0;
      }
      const delayMs = mayHelp(answer) ? retryDelaysMs[tries++] : undefined;
      if (delayMs === undefined) {
        // What the server refused begins anew; what broke off goes on, and so does what a new login may have.
        if (!mayHelp(answer) && answer?.status !== 401) this.#forget();
        return this.#events.failed(answer);
      }
      await this.#wait(delayMs);
      if (this.#turn !== turn) return;
    }
  }

  /** From where the server is to the end of the file; the last answer, null for none. */
  async #attempt(turn: number): Promise<TusAnswer | null> {
    let known = this.#at === null ? null : await this.#ask("HEAD", this.#at.url);
    if (this.#turn !== turn) return null;
    if (known !== null && isGone(known)) this.#forget();
    else if (this.#at !== null && (known === null || !isGood(known))) return known;
    if (this.#at === null) known = await this.#begin();
    if (this.#turn !== turn || known === null || this.#at === null) return known;
    const offset = offsetOf(known);
    if (offset === this.#file.size) return known;
    this.#events.progress(offset);
    const headers = { "content-type": "application/offset+octet-stream", "upload-offset": String(offset) };
    return await this.#ask("PATCH", this.#at.url, headers, this.#file.slice(offset), (sent) => {
      this.#events.progress(offset + sent);
    });
  }

  async #begin(): Promise<TusAnswer | null> {
    const { name, size } = this.#file;
    const answer = await this.#ask("POST", endpoint, {
      "upload-length": String(size),
      "upload-metadata": `filename ${base64(name)}`,
    });
    const place = answer?.status === 201 ? answer.header("Location") : null;
    if (place !== null) this.#at = keepUpload(this.#file, new URL(place, location.href).href);
    return answer;
  }

  #forget(): void {
    if (this.#at !== null) dropUpload(this.#at.key);
    this.#at = null;
  }

  #wait(delayMs: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, delayMs);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  /** Null when the line broke, or the request was broken off. By XMLHttpRequest: `fetch` tells nothing of how far it is. */
  #ask(
    method: string,
    url: string,
    headers: Record<string, string> = {},
    body: Blob | null = null,
    onSent?: (bytes: number) => void,
  ): Promise<TusAnswer | null> {
    return new Promise((resolve) => {
      const request = new XMLHttpRequest();
      this.#request = request;
      request.open(method, url);
      for (const [name, value] of Object.entries({ "tus-resumable": "1.0.0", ...headers })) {
        request.setRequestHeader(name, value);
      }
      // A listener of the upload costs an early look at each part of it: only where somebody watches.
      if (onSent !== undefined) request.upload.onprogress = ({ loaded }) => onSent(loaded);
      request.onload = () =>
        resolve({
          status: request.status,
          header: (name) => request.getResponseHeader(name),
          body: request.responseText,
        });
      request.onerror = request.onabort = () => resolve(null);
      request.send(body);
    });
  }
}

const isGood = ({ status }: TusAnswer): boolean => status >= 200 && status < 300;

/** The server does not have it, or not for this person: there is nothing to go on with. */
const isGone = ({ status }: TusAnswer): boolean => status === 403 || status === 404 || status === 410;

/** -1 for none: a byte that no upload is at. */
function offsetOf(answer: TusAnswer): number {
  return Number(answer.header("Upload-Offset") ?? -1);
}

/** Whether trying again by itself may end otherwise: not when the server said no. */
function mayHelp(answer: TusAnswer | null): boolean {
  if (answer === null || isGood(answer)) return true;
  const { status } = answer;
  if (status === 409) return problemIn(answer).kind === "conflict";
  return status >= 500 || status === 423 || status === 429;
}

/** What an RFC 9457 answer says; nothing when it is none. */
export function problemIn({ body }: TusAnswer): { kind?: string; detail?: string } {
  try {
    const { kind, detail } = JSON.parse(body) as Record<string, unknown>;
    return {
      ...(typeof kind === "string" ? { kind } : {}),
      ...(typeof detail === "string" ? { detail } : {}),
    };
  } catch {
    return {};
  }
}

function base64(text: string): string {
  return btoa(String.fromCharCode(...new TextEncoder().encode(text)));
}
