import { id as idSchema, sha256 as sha256Schema } from "../../protocol/mod.ts";

/**
 * Paths below the storage directory (FI-3): `uploads/{id}` for staged bytes, `files/{first two hex}/{hash}` for blobs,
 * `quarantine/{hash}` for rejected blobs, `damaged/{hash}` for blobs that a check set aside. Only this class forms them, from ids of this server and hashes, so no
 * name becomes a path (FI-8). Throws a `TypeError` for anything else.
 */
export class Places {
  readonly root: string;
  readonly uploads: string;
  readonly files: string;
  readonly quarantine: string;
  readonly damaged: string;

  constructor(root: string) {
    this.root = root.replace(/(?<=.)\/+$/, "");
    this.uploads = `${this.root}/uploads`;
    this.files = `${this.root}/files`;
    this.quarantine = `${this.root}/quarantine`;
    this.damaged = `${this.root}/damaged`;
  }

  upload(id: string): string {
    if (!isId(id)) throw new TypeError("what names an upload is not an id of ours");
    return `${this.uploads}/${id}`;
  }

  /** The directory of a blob. */
  folder(sha256: string): string {
    return `${this.files}/${hashOf(sha256).slice(0, 2)}`;
  }

  blob(sha256: string): string {
    return `${this.folder(sha256)}/${sha256}`;
  }

  quarantined(sha256: string): string {
    return `${this.quarantine}/${hashOf(sha256)}`;
  }

  damagedBlob(sha256: string): string {
    return `${this.damaged}/${hashOf(sha256)}`;
  }
}

export function isId(name: string): boolean {
  return idSchema.safeParse(name).success;
}

export function isHash(name: string): boolean {
  return sha256Schema.safeParse(name).success;
}

export function isFolder(name: string): boolean {
  return /^[0-9a-f]{2}$/.test(name);
}

function hashOf(sha256: string): string {
  if (!isHash(sha256)) throw new TypeError("what names a blob is not a SHA-256 in hex");
  return sha256;
}
