/** What the start of this version would do to a store, tried on a copy. */
import { keys } from "./keys.ts";
import { layout, migrate } from "./migrate.ts";
import type { KvPort } from "./port.ts";
import { openUnmigrated } from "./store.ts";

export interface UpgradeStep {
  to: number;
  does: string;
  /** Records that it wrote, new ones and changed ones. */
  written: number;
  /** Records in the store before it and after it. */
  before: number;
  after: number;
}

export interface Upgrade {
  from: number;
  to: number;
  steps: UpgradeStep[];
}

/** Brings the copy of a store at a path to this layout. Throws when it is of a newer one, or a step fails. */
export async function tryUpgrade(path: string): Promise<Upgrade> {
  const copy = await openUnmigrated(path);
  try {
    return await told(copy);
  } finally {
    copy.close();
  }
}

async function told(copy: KvPort): Promise<Upgrade> {
  const { value: from, versionstamp } = await copy.get<number>(keys.migration());
  if (from === null) throw new Error("The store has no layout: it is empty, or no store of Behest.");
  const steps: UpgradeStep[] = [];
  let seen = await look(copy, versionstamp);
  let mark = seen.newest;
  await migrate(copy, async ({ to, does }) => {
    const now = await look(copy, mark);
    steps.push({ to, does, written: now.newer, before: seen.records, after: now.records });
    [seen, mark] = [now, now.newest];
  });
  return { from, to: layout, steps };
}

/** Counts all records but the layout's, and those written after a commit. */
async function look(
  kv: KvPort,
  mark: string,
): Promise<{ records: number; newer: number; newest: string }> {
  let [records, newer, newest] = [0, 0, mark];
  for await (const { key, versionstamp } of kv.list({ prefix: [] }, { batchSize: 500 })) {
    if (versionstamp > newest) newest = versionstamp;
    if (key[0] === keys.migration()[0]) continue;
    records++;
    if (versionstamp > mark) newer++;
  }
  return { records, newer, newest };
}
