import type { CommandRecord, CommandStore, Edit, Editable } from "../../commands/ports.ts";
import type { BroadcastsPart } from "./broadcasts_store.ts";
import { jobSet } from "./command_jobs.ts";
import { addUses, changeWrite, commandBytes } from "./command_writes.ts";
import type { Committed } from "./committer.ts";
import { keys } from "./keys.ts";
import type { KvKey } from "./port.ts";
import type { Store } from "./store.ts";
import type { TakingPart } from "./taking.ts";

interface EditNeeds {
  broadcasts: BroadcastsPart;
  taking: TakingPart;
  keptMs: number;
  /** Keys of the search packs that have the command's old text. */
  packsOf(record: CommandRecord): Promise<KvKey[]>;
  /** Called once the commit has ended; undefined: it is not known whether it was written. */
  done(edit: Edit, committed: Committed | undefined): void;
}

/** CM-11: changes of commands in Deno KV. */
export function kvEdits(
  { kv, committer }: Pick<Store, "kv" | "committer">,
  { broadcasts, taking, keptMs, packsOf, done }: EditNeeds,
): Pick<CommandStore, "edit" | "editable"> {
  return {
    async editable(commandId): Promise<Editable | null> {
      const { value, versionstamp } = await kv.get<CommandRecord>(keys.command(commandId));
      return value === null ? null : { record: value, version: versionstamp };
    },

    async edit(edit) {
      const { from, to, changes, broadcast, jobs, carries, current } = edit;
      const key = keys.command(to.command.id);
      const write = changeWrite(changes, keptMs, new Map([[to.command.id, to]]));
      write.valueBytes += commandBytes(to.command);
      write.checks.push({ key, versionstamp: from.version });
      write.sets.push({ key, value: to }, ...jobs.map(jobSet));
      // CO-10: what is withheld takes as long as what is not.
      for (const { from: { userId }, to } of changes) {
        if (to.place === null) write.apart.push(keys.inbox(userId));
      }
      addUses(write, carries);
      if (broadcast !== null) {
        const { check, set } = broadcasts.edited(to.command.id, broadcast, to.edition ?? 0);
        write.checks.push(check);
        write.sets.push(set);
      }
      const untaken = await taking.checks(changes.map(({ from }) => from));
      if (untaken === null) return false;
      write.checks.push(...untaken);
      // No search finds the command by what it no longer says.
      write.deletes.push(...await packsOf(from.record));
      if (!current()) return false;
      let committed: Committed | undefined;
      try {
        committed = await committer.commit(write);
      } finally {
        done(edit, committed);
      }
      if (!committed.ok) return false;
      // A search may have written one meanwhile, from the command as it was.
      const late = await packsOf(from.record);
      if (late.length > 0) await committer.commit({ deletes: late });
      return true;
    },
  };
}
