import type { DetailedError, HttpResponse, Upload } from "tus-js-client";
import type { FileObject } from "../lib/protocol/mod.ts";
import { readFile } from "./own_files.ts";

export type UploadStep = "waiting" | "sending" | "paused" | "failed";

/** A file on its way. Sizes in bytes; `problem` says what to do when it failed. */
export interface UploadRow {
  key: number;
  name: string;
  size: number;
  sent: number;
  step: UploadStep;
  problem: string | null;
  /** False for one that is never sent: it is larger than any may be. */
  fits: boolean;
}

interface Entry extends UploadRow {
  file: File;
  upload: Upload | null;
}

interface QueueEvents {
  /** The rows as they are now. */
  changed(rows: UploadRow[]): void;
  /** A file has arrived and is being checked. */
  arrived(file: FileObject): void;
}

/** Files that are sent at once; the others wait. */
const sentAtOnce = 2;

/** Waits before a broken upload goes on by itself. */
const retryDelaysMs = [0, 1000, 3000, 10_000];

/** Files that a person sends, by tus (FI-2). Only for the browser. */
export class UploadQueue {
  readonly #events: QueueEvents;
  /** Largest file that is taken, in bytes. */
  readonly #maxBytes: number;
  #entries: Entry[] = [];
  #nextKey = 0;

  constructor(maxBytes: number, events: QueueEvents) {
    this.#maxBytes = maxBytes;
    this.#events = events;
  }

  add(files: Iterable<File>, tooLarge: (file: File) => string): void {
    for (const file of files) {
      const fits = file.size <= this.#maxBytes;
      this.#entries.push({
        key: this.#nextKey++,
        name: file.name,
        size: file.size,
        sent: 0,
        step: fits ? "waiting" : "failed",
        problem: fits ? null : tooLarge(file),
        fits,
        file,
        upload: null,
      });
    }
    this.#next();
  }

  pause(key: number): void {
    const entry = this.#find(key);
    if (entry === undefined || (entry.step !== "sending" && entry.step !== "waiting")) return;
    entry.step = "paused";
    void entry.upload?.abort();
    this.#next();
  }

  /** Goes on with what was paused, or tries again what failed, from where it broke off. */
  resume(key: number): void {
    const entry = this.#find(key);
    if (!entry?.fits || (entry.step !== "paused" && entry.step !== "failed")) return;
    entry.step = "waiting";
    entry.problem = null;
    this.#next();
  }

  /** Gives a file up; what was sent of it is removed from the server. */
  cancel(key: number): void {
    const entry = this.#find(key);
    if (entry === undefined) return;
    this.#entries = this.#entries.filter((other) => other !== entry);
    entry.upload?.abort(true).catch(() => {
      // The server removes what nobody goes on with by itself.
    });
    this.#next();
  }

  /** Breaks off everything without removing it: the page goes. */
  close(): void {
    for (const { upload } of this.#entries) void upload?.abort();
    this.#entries = [];
  }

  #find(key: number): Entry | undefined {
    return this.#entries.find((entry) => entry.key === key);
  }

  /** Starts what may start now, and tells how things stand. */
  #next(): void {
    let free = sentAtOnce - this.#entries.filter(({ step }) => step === "sending").length;
    for (const entry of this.#entries) {
      if (entry.step !== "waiting" || free <= 0) continue;
      free--;
      entry.step = "sending";
      void this.#send(entry);
    }
    this.#tell();
  }

  #tell(): void {
    this.#events.changed(this.#entries.map(({ file: _file, upload: _upload, ...row }) => row));
  }

  async #send(entry: Entry): Promise<void> {
    try {
      entry.upload ??= await this.#begin(entry);
    } catch {
      return this.#fail(entry, "The part of the page that uploads could not be loaded. Try again.");
    }
    // It may have been paused or cancelled meanwhile.
    if (this.#find(entry.key) === entry && entry.step === "sending") entry.upload.start();
  }

  /** Loaded with the first file: most visits upload nothing. */
  async #begin(entry: Entry): Promise<Upload> {
    const { Upload } = await import("tus-js-client");
    const upload = new Upload(entry.file, {
      endpoint: `${location.origin}/api/v1/uploads`,
      metadata: { filename: entry.name },
      retryDelays: retryDelaysMs,
      removeFingerprintOnSuccess: true,
      onProgress: (sent) => {
        entry.sent = sent;
        this.#tell();
      },
      onShouldRetry: (error) => mayHelp(error.originalResponse),
      onSuccess: ({ lastResponse }) => void this.#finish(entry, lastResponse.getHeader("Behest-File-Id")),
      onError: (error) => {
        // What the server refused begins anew; what broke off goes on.
        if ("originalResponse" in error && error.originalResponse !== null) entry.upload = null;
        this.#fail(entry, problemOf(error));
      },
    });
    // UI-5: the same file as before a reload goes on where it broke off.
    const [before] = await upload.findPreviousUploads();
    if (before !== undefined) upload.resumeFromPreviousUpload(before);
    return upload;
  }

  async #finish(entry: Entry, fileId: string | undefined): Promise<void> {
    const file = fileId === undefined ? null : await readFile(fileId);
    if (file === null) {
      return this.#fail(entry, "It was uploaded, but what became of it could not be read. Reload the page.");
    }
    this.#entries = this.#entries.filter((other) => other !== entry);
    this.#events.arrived(file);
    this.#next();
  }

  #fail(entry: Entry, problem: string): void {
    entry.step = "failed";
    entry.problem = problem;
    this.#next();
  }
}

/** Whether trying again by itself may end otherwise: not when the server said no. */
function mayHelp(response: HttpResponse | null): boolean {
  if (response === null) return true;
  const status = response.getStatus();
  if (status === 409) return readProblem(response).kind === "conflict";
  return status >= 500 || status === 423 || status === 429;
}

function problemOf(error: Error | DetailedError): string {
  const response = "originalResponse" in error ? error.originalResponse : null;
  if (response === null) return "The connection broke off. What was sent is kept; try again to go on.";
  if (response.getStatus() === 401) return "Your session is over. Log in again, then choose the file again.";
  return readProblem(response).detail ?? "The server did not take it. Try again later.";
}

/** What an RFC 9457 answer says; nothing when it is none. */
function readProblem(response: HttpResponse): { kind?: string; detail?: string } {
  try {
    const { kind, detail } = JSON.parse(response.getBody()) as Record<string, unknown>;
    return {
      ...(typeof kind === "string" ? { kind } : {}),
      ...(typeof detail === "string" ? { detail } : {}),
    };
  } catch {
    return {};
  }
}
