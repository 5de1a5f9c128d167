/**
 * Backs up a running server into one file, verifies such a file, and restores it into an empty data directory (OP-6).
 * Never puts evidence and its key into one file, and never restores on top of other data.
 * Start with `backUp` in `back_up.ts`, then `restore.ts`; `manifest.ts` says what a file may hold.
 */
export { backUp, type BackupOptions, type DataPlaces } from "./back_up.ts";
export { BackupDirectory } from "./backup_files.ts";
export { BackupProblem, type Manifest } from "./manifest.ts";
export { restore, type Restored, type RestoreOptions, verifyBackup } from "./restore.ts";
export { sealedFor, type Sealing, unsealed } from "./sealing.ts";
export { copyStore } from "./store_copy.ts";
