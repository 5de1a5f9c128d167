import type { Bell, Clock, Ids, Log } from "../platform/mod.ts";
import type { BlobStore, FileReaders, FileStore, FileWatchers, RefusedHash, UploadedFrom } from "./ports.ts";
import type { Turns } from "./keyed_mutex.ts";

/** An upload whose bytes are refused (SC-4); a repeat of a CSAM match is recorded (SC-5). */
export interface RefusedFile {
  sha256: string;
  why: RefusedHash["why"];
  ownerId: string;
  name: string;
  from: UploadedFrom;
  sizeBytes: number;
  type: string;
}

/** What the room is opened with. */
export interface FilesNeeds {
  store: FileStore;
  blobs: BlobStore;
  bell: Pick<Bell, "notify">;
  readers: FileReaders;
  watchers: FileWatchers;
  clock: Clock;
  ids: Pick<Ids, "next">;
  log: Log;
  settings: { uploadMaxBytes: number; quotaBytes: number };
  /** Asked when the bytes are there: an account may end, or be suspended, while an upload of its runs. */
  mayAdd(ownerId: string): Promise<boolean>;
  /** Resolves when it is recorded; the upload is answered after that. */
  onRefused(file: RefusedFile): Promise<void>;
}

/** What the parts of the room share. */
export interface FileParts extends FilesNeeds {
  /** Turns of `blob:<sha256>`, `owner:<userId>` and `upload:<id>`; whoever takes several takes them in the order upload, blob, owner. */
  turns: Turns;
  /** Places aside that this process writes to now: no sweep takes them for given up. */
  staging: Set<string>;
}

/** The turn in which bytes are put into their place or removed from it. */
export function blobTurn(sha256: string): string {
  return `blob:${sha256}`;
}

/** The turn in which a person's usage is looked at and changed. */
export function ownerTurn(ownerId: string): string {
  return `owner:${ownerId}`;
}

/** The turn in which a resumable upload goes on. */
export function uploadTurn(uploadId: string): string {
  return `upload:${uploadId}`;
}
