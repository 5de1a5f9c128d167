import { withoutLocationData } from "../client/mod.ts";
import type { FileObject } from "../protocol/mod.ts";
import type { Language, Words } from "../words/mod.ts";
import { uploadsOf } from "./begun_uploads.ts";
import { readFile } from "./own_files.ts";
import type { TusAnswer, TusUpload } from "./tus_upload.ts";
import { type Pace, UploadMeter } from "./upload_pace.ts";

/** `asking`: the place and camera data of a photo cannot be removed; the person decides whether to send it as it is. */
export type UploadStep = "waiting" | "sending" | "paused" | "failed" | "asking";

/** A file in the queue. Sizes in bytes. `problem`: what to do after a failure. */
export interface UploadRow {
  key: number;
  name: string;
  size: number;
  sent: number;
  step: UploadStep;
  /** Null unless it is on its way and can be told. */
  pace: Pace | null;
  problem: string | null;
  /** False if the file is larger than the limit; it is not sent. */
  fits: boolean;
  /** Its place and camera data was removed (UI-5). */
  cleaned: boolean;
}

interface Entry extends UploadRow {
  file: File;
  /** Whether that data is still to be removed. */
  cleans: boolean;
  upload: TusUpload | null;
  meter: UploadMeter;
}

interface QueueEvents {
  /** The current rows. */
  changed(rows: UploadRow[]): void;
  /** A file was uploaded and is being checked. */
  arrived(file: FileObject): void;
}

/** Files sent at the same time; the others wait. */
const sentAtOnce = 2;

/** Uploads files by tus (FI-2). Only for the browser. */
export class UploadQueue {
  readonly #words: Words["upload"];
  readonly #language: Language;
  readonly #events: QueueEvents;
  /** Largest file, in bytes. */
  readonly #maxBytes: number;
  #entries: Entry[] = [];
  #nextKey = 0;

  constructor(maxBytes: number, language: Language, words: Words["upload"], events: QueueEvents) {
    this.#language = language;
    this.#words = words;
    this.#maxBytes = maxBytes;
    this.#events = events;
  }

  /** `cleans`: whether place and camera data is removed from photos. */
  add(files: Iterable<File>, cleans: boolean, tooLarge: (file: File) => string): void {
    for (const file of files) {
      const fits = file.size <= this.#maxBytes;
      this.#entries.push({
        key: this.#nextKey++,
        name: file.name,
        size: file.size,
        sent: 0,
        step: fits ? "waiting" : "failed",
        pace: null,
        problem: fits ? null : tooLarge(file),
        fits,
        cleaned: false,
        cleans,
        file,
        upload: null,
        meter: new UploadMeter(),
      });
    }
    this.#next();
  }

  pause(key: number): void {
    const entry = this.#find(key);
    if (entry === undefined || (entry.step !== "sending" && entry.step !== "waiting")) return;
    entry.step = "paused";
    entry.upload?.pause();
    this.#next();
  }

  /** Resumes a paused or failed upload where it stopped. A photo in `asking` is then sent as it is. */
  resume(key: number): void {
    const entry = this.#find(key);
    if (!entry?.fits || (entry.step !== "paused" && entry.step !== "failed" && entry.step !== "asking")) {
      return;
    }
    if (entry.step === "asking") entry.cleans = false;
    entry.step = "waiting";
    entry.problem = null;
    this.#next();
  }

  /** Cancels an upload; the server deletes its bytes. */
  cancel(key: number): void {
    const entry = this.#find(key);
    if (entry === undefined) return;
    this.#entries = this.#entries.filter((other) => other !== entry);
    void entry.upload?.remove();
    this.#next();
  }

  /** Interrupts all uploads because the page ends; a later page can resume them. */
  close(): void {
    for (const { upload } of this.#entries) upload?.pause();
    this.#entries = [];
  }

  #find(key: number): Entry | undefined {
    return this.#entries.find((entry) => entry.key === key);
  }

  /** Starts the next uploads, and tells the current rows. */
  #next(): void {
    let free = sentAtOnce - this.#entries.filter(({ step }) => step === "sending").length;
    for (const entry of this.#entries) {
      if (entry.step !== "waiting" || free <= 0) continue;
      free--;
      entry.step = "sending";
      entry.meter.restart();
      void this.#send(entry);
    }
    this.#tell();
  }

  #tell(): void {
    this.#events.changed(
      this.#entries.map(({ file: _file, upload: _upload, cleans: _cleans, meter, ...row }) => ({
        ...row,
        pace: row.step === "sending" ? meter.pace(row.size) : null,
      })),
    );
  }

  async #send(entry: Entry): Promise<void> {
    try {
      if (entry.cleans && !await this.#clean(entry)) return this.#ask(entry);
      entry.upload ??= await this.#begin(entry);
    } catch (error) {
      // The file was changed or deleted after it was chosen.
      const unreadable = error instanceof DOMException;
      return this.#fail(entry, unreadable ? this.#words.unreadable : this.#words.notLoaded);
    }
    // The person may have paused or cancelled it in between.
    if (this.#find(entry.key) === entry && entry.step === "sending") entry.upload.start();
  }

  /** Removes the place and camera data of a photo; false if that is not possible. Other files stay as they are. */
  async #clean(entry: Entry): Promise<boolean> {
    const data = await withoutLocationData(entry.file);
    if (data.kind === "unremovable") return false;
    entry.cleans = false;
    if (data.kind === "none") return true;
    const { name, type, lastModified } = entry.file;
    // Name and time stay the same: an unfinished upload is found by them.
    entry.file = new File([data.photo], name, { type, lastModified });
    entry.size = entry.file.size;
    entry.cleaned = true;
    return true;
  }

  #ask(entry: Entry): void {
    // The person may have paused it in between; then it is cleaned again on resume.
    if (entry.step === "sending") entry.step = "asking";
    this.#next();
  }

  /** Loads the code for tus with the first file: most visits upload nothing. */
  async #begin(entry: Entry): Promise<TusUpload> {
    const { problemIn, TusUpload } = await import("./tus_upload.ts");
    // UI-5: the same file as before a reload is resumed, unless another row already does so.
    const taken = new Set(this.#entries.map(({ upload }) => upload?.url));
    const before = uploadsOf(entry.file).find(({ url }) => !taken.has(url)) ?? null;
    return new TusUpload(entry.file, before, {
      progress: (sent) => {
        entry.sent = sent;
        entry.meter.add(sent, performance.now());
        this.#tell();
      },
      arrived: (fileId) => void this.#finish(entry, fileId),
      failed: (answer) => {
        const said = answer === null ? {} : problemIn(answer);
        this.#fail(entry, problemOf(this.#language, this.#words, answer, said));
      },
    });
  }

  async #finish(entry: Entry, fileId: string | null): Promise<void> {
    const file = fileId === null ? null : await readFile(fileId);
    if (file === null) {
      return this.#fail(entry, this.#words.lost);
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

/** Text for a failure. `kind`, `detail`: from the server's answer. */
function problemOf(
  language: Language,
  words: Words["upload"],
  answer: TusAnswer | null,
  { kind, detail }: { kind?: string; detail?: string },
): string {
  if (answer === null) return words.brokeOff;
  if (answer.status === 401) return words.sessionOver;
  // Without a kind the answer is not the server's own, but that of a proxy in front of it.
  if (kind === undefined && answer.status === 413) return words.proxyLimit;
  if (kind === undefined && answer.status >= 502 && answer.status <= 504) return words.serverAway;
  // The server's own text is English, and more exact than the kind.
  if (language === "en" && detail !== undefined) return detail;
  switch (kind) {
    case "too_large":
      return words.noRoom;
    case "not_clean":
      return words.notClean;
    case "rate_limited":
      return words.tooMany;
    default:
      return words.refused;
  }
}
