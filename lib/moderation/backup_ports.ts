export interface BackupFile {
  name: string;
  atMs: number;
  sizeBytes: number;
}

/** Where backups of this server are. */
export interface BackupFiles {
  /** Newest first. Throws when the directory cannot be read. */
  list(): Promise<BackupFile[]>;
  /** Makes one, named by its time. `missing`: files whose bytes were lost before. `failed`: why there is none. */
  make(nowMs: number): Promise<{ missing: number } | { failed: string }>;
  remove(name: string): Promise<void>;
}
