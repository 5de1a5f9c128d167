import type { Write } from "../kv/committer.ts";
import type { KvKey } from "../kv/mod.ts";

/** Kinds of findings; one word for one fault, so that they can be counted. */
export type FindingKind =
  | "bytes missing"
  | "bytes damaged"
  | "bytes without record"
  | "rejected bytes not in quarantine"
  | "bytes in quarantine without record"
  | "matched bytes not sealed away"
  | "wrong size"
  | "blob without file"
  | "blob not in its list"
  | "file without blob"
  | "file that never expires"
  | "reference without file"
  | "file without reference"
  | "use without file"
  | "usage does not add up"
  | "upload without bytes"
  | "bytes aside without upload"
  | "upload not in its list"
  | "blob without scan"
  | "scan without blob"
  | "scan not in its order"
  | "unknown file";

/** A repair: writes to the store, then to the disk. */
export interface Mend {
  /** A short description, like "removes the record". */
  how: string;
  sets?: NonNullable<Write["sets"]>;
  deletes?: KvKey[];
  disk?: { act: "remove" | "setAside" | "quarantine" | "restore" | "destroy"; sha256: string } | {
    act: "unstage";
    id: string;
  };
}

export interface Finding {
  kind: FindingKind;
  /** A hash, an id or a path; nothing that people wrote. */
  subject: string;
  /** A sentence for an operator. */
  what: string;
  /** What the server itself does about it, as a crash leaves such things behind: no fault then. */
  server?: string;
  /** Null when a person must decide. */
  mend: Mend | null;
}
