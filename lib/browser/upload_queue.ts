import { withoutLocationData } from "../client/mod.ts";
import type { FileObject } from "../protocol/mod.ts";
import type { Language, Words } from "../words/mod.ts";
import { uploadsOf } from "./begun_uploads.ts";
import { readFile } from "./own_files.ts";
import type { TusAnswer, TusUpload } from "./tus_upload.ts";

/** `asking`: a photo whose place and camera data cannot be taken out; the person says whether it goes as it is. */
export type UploadStep = "waiting" | "sending" | "paused" | "failed" | "asking";

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
  /** Its place and camera data was taken out (UI-5). */
  cleaned: boolean;
}

interface Entry extends UploadRow {
  file: File;
  /** Whether that is still to be done. */
  cleans: boolean;
  upload: TusUpload | null;
}

interface QueueEvents {
  /** The rows as they are now. */
  changed(rows: UploadRow[]): void;
  /** A file has arrived and is being checked. */
  arrived(file: FileObject): void;
}

/** Files that are sent at once; the others wait. */
const sentAtOnce = 2;

/** Files that a person sends, by tus (FI-2). Only for the browser. */
export class UploadQueue {
  readonly #words: Words["upload"];
  readonly #language: Language;
  readonly #events: QueueEvents;
  /** Largest file that is taken, in bytes. */
  readonly #maxBytes: number;
  #entries: Entry[] = [];
  #nextKey = 0;

  constructor(maxBytes: number, language: Language, words: Words["upload"], events: QueueEvents) {
    this.#language = language;
    this.#words = words;
    this.#maxBytes = maxBytes;
    this.#events = events;
  }

  /** `cleans`: whether photos are sent without their place and camera data. */
  add(files: Iterable<File>, cleans: boolean, tooLarge: (file: File) => string): void {
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
        cleaned: false,
        cleans,
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
    entry.upload?.pause();
    this.#next();
  }

  /** Goes on with what was paused, or tries again what failed, from where it broke off; what was asked about goes as it is. */
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

  /** Gives a file up; what was sent of it is removed from the server. */
  cancel(key: number): void {
    const entry = this.#find(key);
    if (entry === undefined) return;
    this.#entries = this.#entries.filter((other) => other !== entry);
    void entry.upload?.remove();
    this.#next();
  }

  /** Breaks off everything without removing it: the page goes. */
  close(): void {
    for (const { upload } of this.#entries) upload?.pause();
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
    this.#events.changed(
      this.#entries.map(({ file: _file, upload: _upload, cleans: _cleans, ...row }) => row),
    );
  }

  async #send(entry: Entry): Promise<void> {
    try {
      if (entry.cleans && !await this.#clean(entry)) return this.#ask(entry);
      entry.upload ??= await this.#begin(entry);
    } catch (error) {
      // A file that changed or went since it was chosen.
      const unreadable = error instanceof DOMException;
      return this.#fail(entry, unreadable ? this.#words.unreadable : this.#words.notLoaded);
    }
    // It may have been paused or cancelled meanwhile.
    if (this.#find(entry.key) === entry && entry.step === "sending") entry.upload.start();
  }

  /** Takes the place and camera data out of a photo; false when that cannot be done. Other files stay as they are. */
  async #clean(entry: Entry): Promise<boolean> {
    const data = await withoutLocationData(entry.file);
    if (data.kind === "unremovable") return false;
    entry.cleans = false;
    if (data.kind === "none") return true;
    const { name, type, lastModified } = entry.file;
    // The same name and time: by them an upload that broke off is found again.
    entry.file = new File([data.photo], name, { type, lastModified });
    entry.size = entry.file.size;
    entry.cleaned = true;
    return true;
  }

  #ask(entry: Entry): void {
    // It may have been paused meanwhile; then it is looked at again.
    if (entry.step === "sending") entry.step = "asking";
    this.#next();
  }

  /** Loaded with the first file: most visits upload nothing. */
  async #begin(entry: Entry): Promise<TusUpload> {
    const { problemIn, TusUpload } = await import("./tus_upload.ts");
    // UI-5: the same file as before a reload goes on where it broke off, unless it was chosen twice and does so already.
    const taken = new Set(this.#entries.map(({ upload }) => upload?.url));
    const before = uploadsOf(entry.file).find(({ url }) => !taken.has(url)) ?? null;
    return new TusUpload(entry.file, before, {
      progress: (sent) => {
        entry.sent = sent;
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

/** `said`: what a server's answer says beyond its status. */
function problemOf(
  language: Language,
  words: Words["upload"],
  answer: TusAnswer | null,
  { kind, detail }: { kind?: string; detail?: string },
): string {
  if (answer === null) return words.brokeOff;
  if (answer.status === 401) return words.sessionOver;
  // What the server says is English and knows more than the kind.
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
