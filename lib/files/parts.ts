import type { Bell, Clock, Ids, KeyedMutex, Log, NoticeList } from "../platform/mod.ts";
import type { NewNotice } from "../protocol/mod.ts";
import type {
  BlobStore,
  FileReaders,
  FileStore,
  FileWatchers,
  RefusedHash,
  ScanTrigger,
  UploadedFrom,
} from "./ports.ts";

/** An upload whose bytes are refused (SC-4). A repeated CSAM match is recorded (SC-5). */
export interface RefusedFile {
  sha256: string;
  why: RefusedHash["why"];
  ownerId: string;
  name: string;
  from: UploadedFrom;
  sizeBytes: number;
  type: string;
}

/** Everything that `Files` needs from outside. */
export interface FilesNeeds {
  store: FileStore;
  blobs: BlobStore;
  bell: Pick<Bell, "notify">;
  notices: Pick<NoticeList<NewNotice>, "add">;
  readers: FileReaders;
  watchers: FileWatchers;
  scans: ScanTrigger;
  clock: Clock;
  ids: Pick<Ids, "next">;
  log: Log;
  settings: { uploadMaxBytes: number; quotaBytes: number };
  /** Asked when the bytes are complete: the account may have ended or been suspended during its upload. */
  mayAdd(ownerId: string): Promise<boolean>;
  /** Resolves when the upload is recorded; only then is it answered. */
  onRefused(file: RefusedFile): Promise<void>;
}

/** What the classes of this room share. */
export interface FileParts extends FilesNeeds {
  /** Locks on uploads, blobs and owners. Code that needs several takes them in this order. */
  locks: KeyedMutex;
  /** Ids of the staged uploads that this process writes to now. The sweep leaves them alone. */
  staging: Set<string>;
}

/** Lock for adding and removing the bytes of a blob. */
export function blobLock(sha256: string): string {
  return `blob:${sha256}`;
}

/** Lock for reading and changing a person's usage. */
export function ownerLock(ownerId: string): string {
  return `owner:${ownerId}`;
}

/** Lock for changing a resumable upload. */
export function uploadLock(uploadId: string): string {
  return `upload:${uploadId}`;
}
