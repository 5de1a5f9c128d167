import { batchChecks } from "./committer.ts";
import { keys } from "./keys.ts";
import type { KvPort } from "./port.ts";

/**
 * Throws when a server allows fewer checks in a commit than Behest writes: every full commit would fail later. The commit
 * that asks for it changes nothing. An error of a single check, like a refused token, is thrown as it is.
 */
export async function refuseFewChecks(kv: KvPort): Promise<void> {
  await commitOfChecks(kv, 1);
  try {
    await commitOfChecks(kv, batchChecks);
  } catch (error) {
    const reason = error instanceof Error ? error.message.split("\n")[0]! : String(error);
    throw new Error(
      `it does not take ${batchChecks} checks in one commit, which Behest needs (${reason}); ` +
        "raise its limit, or let BEHEST_KV be a path",
    );
  }
}

async function commitOfChecks(kv: KvPort, count: number): Promise<void> {
  const atomic = kv.atomic();
  for (let at = 0; at < count; at++) atomic.check({ key: [...keys.health(), at], versionstamp: null });
  await atomic.commit();
}
