import { type BegunUpload, dropKept, forgetUpload, keepUpload } from "./begun_uploads.ts";

export interface TusEvents {
  /** Bytes that are on the server, or on their way there. */
  progress(sent: number): void;
  /** All of them arrived; the id of the file that they became (FI-2), null when the server did not say it. */
  arrived(fileId: string | null): void;
  /** It broke off for good: what the server answered, or null when there was no way to it. */
  failed(answer: TusAnswer | null): void;
}

/** What the server said in place of taking it. */
export interface TusAnswer {
  status: number;
  body: string;
}

/** Waits before a broken upload goes on by itself. They begin anew whenever something was sent. */
const retryDelaysMs = [0, 1000, 3000, 10_000];

const createPath = "/api/v1/uploads";
const fileIdHeader = "Behest-File-Id";
const tusHeaders = { "Tus-Resumable": "1.0.0" };

/** How far an upload is, and what file it became. */
interface Standing {
  offset: number;
  fileId: string | null;
}

/**
 * Sends one file by tus 1.0.0 as one stream, and goes on where it broke off. Only for the browser. By hand, because the library
 * of the tus project is a quarter of all that a page may bring (UI-7).
 */
export class TusUpload {
  readonly #file: File;
  readonly #events: TusEvents;
  /** Where it is on the server, and under what this browser keeps that. */
  #place: { url: string; key: string } | null;
  /** Counts starts: what an earlier one still hears is not of interest. */
  #run = 0;
  #request: XMLHttpRequest | null = null;
  #waiting: ReturnType<typeof setTimeout> | undefined;

  /** `before`: where it broke off with an earlier page; null to begin it. */
  constructor(file: File, before: BegunUpload | null, events: TusEvents) {
    this.#file = file;
    this.#place = before;
    this.#events = events;
  }

  /** Where it is on the server; null before it was begun. */
  get url(): string | null {
    return this.#place?.url ?? null;
  }

  start(): void {
    void this.#go(++this.#run, 0);
  }

  /** Breaks it off; `start` goes on. */
  pause(): void {
    this.#run++;
    clearTimeout(this.#waiting);
    this.#request?.abort();
  }

  /** Breaks it off for good, on the server too. */
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
      if (offset < this.#file.size) {
        ({ offset, fileId } = await this.#send(offset, () => tried = 0));
        if (run !== this.#run) return;
        if (offset < this.#file.size) throw new TypeError("It was taken in part.");
      }
      if (this.#place !== null) dropKept(this.#place.key);
      this.#events.progress(offset);
      this.#events.arrived(fileId);
    } catch (error) {
      if (run !== this.#run) return;
      const answer = error instanceof Refused ? error.answer : null;
      const delayMs = answer === null || mayHelp(answer) ? retryDelaysMs[tried] : undefined;
      if (delayMs === undefined) this.#events.failed(answer);
      else this.#waiting = setTimeout(() => void this.#go(run, tried + 1), delayMs);
    }
  }

  /** Asks how far it is, or begins it where the server knows of none. */
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
      // Paused or given up meanwhile: nothing was sent yet, and the next start begins anew.
      await forgetUpload({ key: "", url });
    }
    return { offset: 0, fileId: response.headers.get(fileIdHeader) };
  }

  /** By XMLHttpRequest, because `fetch` does not tell how much was sent. */
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
      request.send(this.#file.slice(offset));
    });
  }
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

/** Whether trying again by itself may end otherwise: not when the server said no. */
function mayHelp(answer: TusAnswer): boolean {
  const { status } = answer;
  if (status === 409) return problemIn(answer).kind === "conflict";
  return status >= 500 || status === 423 || status === 429;
}

function base64(text: string): string {
  return btoa(String.fromCharCode(...new TextEncoder().encode(text)));
}
