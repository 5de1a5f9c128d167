import { storeFiles } from "../disk/private.ts";
import type { DataPlaces } from "./back_up.ts";

export interface BackupQuestion extends DataPlaces {
  file: string;
  /** The age key that it is encrypted for; null: it is not. */
  to: string | null;
  nowMs: number;
  /** What killed backups may have left. */
  left: readonly string[];
}

/** `missing`: files whose bytes were lost before. `failed`: why there is no backup. */
export type BackupAnswer = { missing: number } | { failed: string };

/** Makes a backup in a thread of its own, which can use the server's data and the backups' directory and nothing else. */
export async function backUpInThread(question: BackupQuestion, backupDir: string): Promise<BackupAnswer> {
  const { dataDir, kv } = question;
  const paths = [dataDir, backupDir, ...storeFiles(kv)];
  const thread = new Worker(new URL("./worker.ts", import.meta.url), {
    type: "module",
    name: "backup",
    deno: {
      permissions: {
        read: paths,
        write: paths,
        env: false,
        ffi: false,
        import: false,
        net: false,
        run: false,
      },
    },
  });
  try {
    const { promise, resolve } = Promise.withResolvers<BackupAnswer>();
    thread.onmessage = ({ data }: MessageEvent<BackupAnswer>) => resolve(data);
    thread.onerror = (event) => {
      event.preventDefault();
      resolve({ failed: event.message });
    };
    thread.onmessageerror = () => resolve({ failed: "A message could not be read." });
    thread.postMessage(question);
    return await promise;
  } finally {
    thread.terminate();
  }
}
