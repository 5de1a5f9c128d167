import { placed } from "./base_path.ts";
import { type BegunUpload, dropKept, forgetUpload, keepUpload } from "./begun_uploads.ts";

export interface TusEvents {
  /** Bytes sent so far. */
  progress(sent: number): void;
  /** The server has all bytes. `fileId`: id of the file (FI-2); null if the server did not tell it. */
  arrived(fileId: string | null): void;
  /** The upload failed. `answer`: what the server answered; null if it could not be reached. */
  failed(answer: TusAnswer | null): void;
}

/** An answer of the server that refuses the upload. */
export interface TusAnswer {
  status: number;
  body: string;
}

/** Waits before the upload is resumed without the person. They start again once bytes were sent. */
const retryDelaysMs = [0, 1000, 3000, 10_000];

/** Bytes of one request: fewer than the megabyte to which many proxies limit a body (FI-9). */
const partBytes = 1_000_000;
/** The smallest part that is tried when a proxy refuses larger ones. */
const leastPartBytes = 50_000;

const createPath = placed("/api/v1/uploads");
const fileIdHeader = "Behest-File-Id";
const tusHeaders = { "Tus-Resumable": "1.0.0" };

/** Bytes that the server has, and the file that they became. */
interface Standing {
  offset: number;
  fileId: string | null;
}

/**
 * Uploads one file by tus 1.0.0 in parts, and resumes after an interruption. Only for the browser. Own code, because the tus
 * project's library is a quarter of the scripts that a page can have (UI-7).
 */
export class TusUpload {
  readonly #file: File;
  readonly #events: TusEvents;
  /** Address of the upload on the server, and its key in this browser's storage. */
  #place: { url: string; key: string } | null;
  /** Counts starts: answers to an earlier one are ignored. */
  #run = 0;
  #request: XMLHttpRequest | null = null;
  #waiting: ReturnType<typeof setTimeout> | undefined;
  #partBytes = partBytes;

  /** `before`: the unfinished upload of an earlier page; null to start a new one. */
  constructor(file: File, before: BegunUpload | null, events: TusEvents) {
    this.#file = file;
    this.#place = before;
    this.#events = events;
  }

  /** Address of the upload on the server; null before it was started. */
  get url(): string | null {
    return this.#place?.url ?? null;
  }

  start(): void {
    void this.#go(++this.#run, 0);
  }

  /** Interrupts the upload; `start` resumes it. */
  pause(): void {
    this.#run++;
    clearTimeout(this.#waiting);
    this.#request?.abort();
  }

  /** Cancels the upload, on the server too. */
  async remove(): Promise<void> {
    this.pause();
    if (this.#place !== null) await forgetUpload(this.#place);
  }

  async #go(run: number, tries: number): Promise<void> {
    let tried = tries;
    try {
      let { offset, fileId } = await this.#standing(run);
      if (run !== this.#run) return;
      this.#events.progress(offset);
      while (offset < this.#file.size) {
        const from = offset;
        ({ offset, fileId } = await this.#send(from, () => tried = 0));
        if (run !== this.#run) return;
        if (offset <= from) throw new TypeError("Nothing of it was taken.");
      }
      if (this.#place !== null) dropKept(this.#place.key);
      this.#events.progress(offset);
      this.#events.arrived(fileId);
    } catch (error) {
      if (run !== this.#run) return;
      const answer = error instanceof Refused ? error.answer : null;
      if (answer !== null && isProxyLimit(answer) && this.#partBytes > leastPartBytes) {
        this.#partBytes = Math.max(leastPartBytes, Math.floor(this.#partBytes / 2));
        return void this.#go(run, tried);
      }
      const delayMs = answer === null || mayHelp(answer) ? retryDelaysMs[tried] : undefined;
      if (delayMs === undefined) this.#events.failed(answer);
      else this.#waiting = setTimeout(() => void this.#go(run, tried + 1), delayMs);
    }
  }

  /** Asks the server how many bytes it has, or starts the upload if it knows none. */
  async #standing(run: number): Promise<Standing> {
    if (this.#place !== null) {
      const response = await fetch(this.#place.url, { method: "HEAD", headers: tusHeaders });
      if (response.ok) return standingIn((name) => response.headers.get(name));
      if (response.status !== 404 && response.status !== 410) throw await refused(response);
      dropKept(this.#place.key);
      this.#place = null;
    }
    const response = await fetch(createPath, {
      method: "POST",
      headers: {
        ...tusHeaders,
        "Upload-Length": String(this.#file.size),
        "Upload-Metadata": `filename ${base64(this.#file.name)}`,
      },
    });
    const place = response.headers.get("Location");
    if (!response.ok || place === null) throw await refused(response);
    const url = new URL(place, location.href).href;
    if (run === this.#run) {
      this.#place = { url, key: keepUpload(this.#file, url) };
    } else {
      // Paused or cancelled while the request ran: nothing was sent yet, and the next start creates a new upload.
      await forgetUpload({ key: "", url });
    }
    return { offset: 0, fileId: response.headers.get(fileIdHeader) };
  }

  /** Uses XMLHttpRequest, because `fetch` has no upload progress. */
  #send(offset: number, moved: () => void): Promise<Standing> {
    const request = this.#request = new XMLHttpRequest();
    request.open("PATCH", this.url ?? createPath);
    for (const [name, value] of Object.entries(tusHeaders)) request.setRequestHeader(name, value);
    request.setRequestHeader("Upload-Offset", String(offset));
    request.setRequestHeader("Content-Type", "application/offset+octet-stream");
    return new Promise((resolve, reject) => {
      request.upload.onprogress = ({ loaded }) => {
        if (loaded > 0) moved();
        if (this.#request === request) this.#events.progress(offset + loaded);
      };
      request.onload = () => {
        const { status, responseText: body } = request;
        if (status !== 204) return reject(new Refused({ status, body }));
        try {
          resolve(standingIn((name) => request.getResponseHeader(name)));
        } catch (error) {
          reject(error);
        }
      };
      request.onerror = () => reject(new TypeError("The connection broke off."));
      request.onabort = () => reject(new TypeError("It was paused."));
      request.send(this.#file.slice(offset, offset + this.#partBytes));
    });
  }
}

/** Kind and detail of an RFC 9457 answer; empty for any other answer. */
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

/** Whether something in front of the server refused the size of a body: the server's own refusals have a kind. */
export function isProxyLimit(answer: TusAnswer): boolean {
  return answer.status === 413 && problemIn(answer).kind === undefined;
}

class Refused extends Error {
  readonly answer: TusAnswer;

  constructor(answer: TusAnswer) {
    super(`The server answered ${answer.status}.`);
    this.answer = answer;
  }
}

async function refused(response: Response): Promise<Refused> {
  return new Refused({ status: response.status, body: await response.text().catch(() => "") });
}

function standingIn(header: (name: string) => string | null): Standing {
  const offset = Number(header("Upload-Offset") ?? NaN);
  if (!Number.isSafeInteger(offset)) throw new TypeError("The server did not say how far it is.");
  return { offset, fileId: header(fileIdHeader) };
}

/** Whether a retry can succeed: not after a refusal of the server. */
function mayHelp(answer: TusAnswer): boolean {
  const { status } = answer;
  if (status === 409) return problemIn(answer).kind === "conflict";
  return status >= 500 || status === 423 || status === 429;
}

function base64(text: string): string {
  return btoa(String.fromCharCode(...new TextEncoder().encode(text)));
}
