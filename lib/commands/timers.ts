import { iso } from "../platform/mod.ts";
import { type Asks, type Params, Refusal, say, type TimerAsks } from "../protocol/mod.ts";
import { answered } from "./answer_totals.ts";
import type { DueJob, StateRecord, StoredAnswer } from "./ports.ts";

/** CM-9: what a timer answers at its end, or why it has not ended. `now` in ms since 1970. */
export function timerAnswer(
  { seconds }: TimerAsks,
  { startedAt }: Pick<StateRecord, "startedAt">,
  now: number,
): StoredAnswer | Refusal {
  if (startedAt === undefined) return new Refusal("conflict", "command.timerOff");
  const endMs = Date.parse(startedAt) + seconds * 1000;
  if (now < endMs) {
    return new Refusal("conflict", say("command.timerRuns", { count: Math.ceil((endMs - now) / 1000) }));
  }
  return { given: { startedAt, endedAt: iso(endMs) }, counts: [answered] };
}

/** CM-9: accepting a timer starts it, and what else the person does ends it. */
export function withTimer({ startedAt: _, ...record }: StateRecord, asks: Asks | null): StateRecord {
  return asks?.kind === "timer" && record.state === "accepted"
    ? { ...record, startedAt: record.updatedAt }
    : record;
}

/** The job that submits what a timer asked for, where it was just started. */
export function timerEnd(
  userId: string,
  { id, state }: Params<"command.update">,
  asks: Asks | null,
  { startedAt }: StateRecord,
): DueJob[] {
  if (state !== "accepted" || asks?.kind !== "timer" || startedAt === undefined) return [];
  const dueMs = Date.parse(startedAt) + asks.seconds * 1000;
  return [{ dueMs, job: { kind: "timer", userId, commandId: id } }];
}
