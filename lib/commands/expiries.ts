import { timeOf } from "../platform/mod.ts";
import type { CommandRecord, CommandStore, DueJob, ExpireMade } from "./ports.ts";
import type { WholeTransitions } from "./whole_transitions.ts";

const secondMs = 1000;
/** Commands that are expired at a time: their writes share commits. */
const atOnce = 16;

/** The job that ends a command at its time: one for all of a second that wait for as long as commands can (`keepMs`). */
export function expiryJob(record: CommandRecord, keepMs: number): DueJob {
  const { command: { id }, expiresMs } = record;
  if (!waitsFor(record, keepMs)) return { dueMs: expiresMs, job: { kind: "expire", commandId: id } };
  return { dueMs: secondOf(expiresMs), job: { kind: "expire_made", madeMs: secondOf(timeOf(id)), keepMs } };
}

function waitsFor({ command: { createdAt, deliverAt }, expiresMs }: CommandRecord, keepMs: number): boolean {
  return deliverAt === null && expiresMs - Date.parse(createdAt) === keepMs;
}

function secondOf(ms: number): number {
  return Math.floor(ms / secondMs) * secondMs;
}

interface Needs {
  store: Pick<CommandStore, "commands" | "commandsMadeIn" | "addJobs">;
  clock: { now(): number };
}

/** DL-6: ends commands at their time, and purges them once every recipient is done and two weeks have passed. */
export class Expiries {
  readonly #needs: Needs;
  readonly #whole: (record: CommandRecord) => Pick<WholeTransitions, "expire">;

  constructor(needs: Needs, whole: (record: CommandRecord) => Pick<WholeTransitions, "expire">) {
    this.#needs = needs;
    this.#whole = whole;
  }

  /** Expires one command. Its next look is a job again. */
  async one(commandId: string): Promise<void> {
    const { store, clock } = this.#needs;
    const record = (await store.commands([commandId])).get(commandId);
    if (record === undefined || clock.now() < record.expiresMs) return;
    const dueMs = await this.#whole(record).expire(record);
    if (dueMs !== null) await store.addJobs([{ dueMs, job: { kind: "expire", commandId } }]);
  }

  /** Expires those of a second that are due. The next looks at them are such jobs again, one for all of a second. */
  async made(job: ExpireMade): Promise<void> {
    const { store, clock } = this.#needs;
    const { madeMs, keepMs } = job;
    const made = await store.commandsMadeIn(madeMs, madeMs + secondMs);
    const records = made.filter((record) => waitsFor(record, keepMs));
    const next = new Set<number>();
    const lookAt = (dueMs: number) => {
      // At the beginning of its second, unless that has come already: then all of the second are due at its end.
      const second = secondOf(dueMs);
      next.add(second > clock.now() ? second : second + secondMs);
    };
    for (let at = 0; at < records.length; at += atOnce) {
      const looks = await Promise.allSettled(
        records.slice(at, at + atOnce).map(async (record) => {
          if (record.expiresMs > clock.now()) return record.expiresMs;
          return await this.#whole(record).expire(record);
        }),
      );
      for (const look of looks) {
        // The job is kept then, and does nothing twice.
        if (look.status === "rejected") throw look.reason;
        if (look.value !== null) lookAt(look.value);
      }
    }
    await store.addJobs([...next].map((dueMs) => ({ dueMs, job })));
  }
}
