import type { BlobRecord } from "../../files/ports.ts";
import type { FileState } from "../../protocol/mod.ts";
import { keys } from "./keys.ts";
import type { KvKey } from "./port.ts";

/** States by which moderators list blobs. */
type ListedState = "scanning" | "held" | "rejected";

/**
 * Returns the writes of a change of a blob: its record and its entry in the list of its state. `before` is the stored record
 * (null: none), `after` the next one (null: removed). Every writer of a blob uses this, and checks the version of `before`.
 */
export function blobWrites(
  before: Pick<BlobRecord, "sha256" | "state"> | null,
  after: BlobRecord | null,
): { sets: { key: KvKey; value: unknown }[]; deletes: KvKey[] } {
  const sets: { key: KvKey; value: unknown }[] = [];
  const deletes: KvKey[] = [];
  const from = listed(before?.state);
  const to = listed(after?.state);
  if (before !== null && from !== null && from !== to) deletes.push(keys.blobIn(from, before.sha256));
  if (after !== null) {
    sets.push({ key: keys.blob(after.sha256), value: after });
    if (to !== null) sets.push({ key: keys.blobIn(to, after.sha256), value: 1 });
  } else if (before !== null) {
    deletes.push(keys.blob(before.sha256));
  }
  return { sets, deletes };
}

function listed(state: FileState | undefined): ListedState | null {
  switch (state) {
    case "scanning":
    case "held":
    case "rejected":
      return state;
    case "clean":
    case undefined:
      return null;
    default:
      return state satisfies never;
  }
}
