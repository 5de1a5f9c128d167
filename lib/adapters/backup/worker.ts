/** The thread that makes a backup for a running server: copying, hashing and writing would hold up everybody's requests. */
import { backUp } from "./back_up.ts";
import { BackupProblem } from "./manifest.ts";
import { sealedFor, unsealed } from "./sealing.ts";
import type { BackupAnswer, BackupQuestion } from "./thread.ts";

/** As much of a worker's own scope as is used here. */
interface Scope {
  onmessage: ((event: MessageEvent<BackupQuestion>) => void) | null;
  postMessage(answer: BackupAnswer): void;
}

const scope = globalThis as unknown as Scope;

scope.onmessage = async ({ data: { to, ...options } }) => {
  try {
    const sealing = to === null ? unsealed : sealedFor(to);
    const { missing } = await backUp({ ...options, withKeys: true, sealing });
    scope.postMessage({ missing: missing.length });
  } catch (error) {
    const { name, message } = error instanceof Error ? error : new Error(String(error));
    scope.postMessage({ failed: error instanceof BackupProblem ? message : `${name}: ${message}` });
  }
};
