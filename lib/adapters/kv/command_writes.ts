import {
  type Acceptance,
  type Carried,
  type Change,
  type CommandRecord,
  type StateRecord,
  type StoredState,
  takenVersion,
} from "../../commands/ports.ts";
import { noteLength } from "../../commands/mod.ts";
import { isOpen } from "../../protocol/closed_states.ts";
import { type Command, limits } from "../../protocol/mod.ts";
import type { BroadcastsPart } from "./broadcasts_store.ts";
import { jobSet } from "./command_jobs.ts";
import type { Check, Write } from "./committer.ts";
import { useWrites } from "./file_uses.ts";
import { keys } from "./keys.ts";
import { blanked, commandValue, openKey, type OpenOne, sentValue } from "./log_entries.ts";
import type { KvKey } from "./port.ts";
import { shortened, type ShortFirst } from "./short_records.ts";
import { submissionKey } from "./submission_keys.ts";

/**
 * How long what a person has of a broadcast is kept: longer than its longest wait and its history after it, which take
 * `retentionDays` each. It ends by itself, as a purge cannot list the people who have one.
 */
export function personKeptMs(retentionDays: number): number {
  return (2 * retentionDays + 32) * 24 * 3600_000;
}

/** Adds -1, as `sum` counts modulo 2^64. */
const minusOne = 2n ** 64n - 1n;
/** Most bytes of a short record, with the longest rule. */
const shortBytes = 512;
/** Bytes of a command beside its texts (names of fields, ids, times), and of each recipient. */
const fixedBytes = 1500;
const recipientBytes = 250;

/** The write of a new command: with its recipients' first records and log entries, its jobs and its uses of files. */
export function acceptanceWrite(
  { record, states, key, sent, replacesKey, jobs, carries }: Acceptance,
  broadcasts: BroadcastsPart,
): Write {
  const { command, senderId } = record;
  const sentKey = keys.sendKey(senderId, key);
  const write: Write = {
    checks: [{ key: sentKey, versionstamp: replacesKey?.version ?? null }],
    sets: [
      { key: sentKey, value: sent, expireIn: limits.keyKeptMs },
      { key: keys.command(command.id), value: record },
      { key: keys.outbox(senderId, command.id), value: 1 },
      ...jobs.filter(({ job }) => job.kind !== "expire_made").map(jobSet),
    ],
    shared: jobs.filter(({ job }) => job.kind === "expire_made").map(jobSet),
    appends: [],
    apart: [],
    valueBytes: commandBytes(command) + states.length * recipientBytes,
  };
  if (record.cast !== undefined) {
    const broadcast = broadcasts.accepting(command.id, command.deliverAt !== null);
    write.sets!.push(...broadcast.sets);
    write.appends = broadcast.appends;
    write.alone = broadcast.alone;
  }
  const counted = new Map(openOnes(record).map((one) => [one.userId, one]));
  for (const { userId, allowedBy, withheldBy } of states) {
    const one = counted.get(userId);
    const sent = command.deliverAt === null ? sentValue(record, allowedBy) : undefined;
    const value = commandValue(command.id, one, sent);
    write.valueBytes! += 2 * (sent?.record.length ?? 0);
    const short: ShortFirst = { first: true, allowedBy, withheldBy };
    write.sets!.push({ key: keys.state(userId, command.id), value: short });
    if (command.deliverAt === null && withheldBy === null) {
      write.appends!.push({ log: keys.inbox(userId), value });
      continue;
    }
    // CO-10: a withheld command writes as much as one with an entry, and a sender's commands to one person take a commit each.
    if (one !== undefined) write.sets!.push({ key: openKey(one), value: blanked(value) });
    if (command.deliverAt === null) write.apart!.push(keys.inbox(userId));
  }
  addUses(write, carries);
  return write;
}

/** The command as it counts for each of its recipients (DL-7); nothing for broadcasts and commands of older versions. */
export function openOnes({ command, senderId, recipients, senderKinds = [] }: CommandRecord): OpenOne[] {
  return senderKinds.map((kind, at) => ({ userId: recipients[at]!, senderId, kind, commandId: command.id }));
}

/** Those of the changes that end an open direct command. */
export function endedOnes(
  changes: readonly Change[],
  records: ReadonlyMap<string, CommandRecord>,
): OpenOne[] {
  return changes.flatMap(({ from: { userId, commandId, record }, to }) => {
    const command = records.get(commandId);
    if (command === undefined || !isOpen(record.state) || isOpen(to.state)) return [];
    return openOnes(command).filter((one) => one.userId === userId);
  });
}

/** Those of the changes that open a direct command again (CM-13). */
export function reopenedOnes(
  changes: readonly Change[],
  records: ReadonlyMap<string, CommandRecord>,
): OpenOne[] {
  return endedOnes(
    changes.map(({ from, to }) => ({ from: { ...from, record: to }, to: from.record })),
    records,
  );
}

export type ChangeWrite = Required<Omit<Write, "alone" | "shared">>;

/** Whether a change writes more than the state's record, so that its command must be known. */
export function needsCommand(change: Change): boolean {
  return movesPlace(change) || turnsSubmission(change) || outdatesEntry(change);
}

function movesPlace({ from: { record }, to }: Change): boolean {
  return to.place !== record.place || isOpen(to.state) !== isOpen(record.state);
}

/** Whether a change is the first one of a state whose entry stays: the entry may say what was sent, and must not any more. */
function outdatesEntry({ from: { record, version }, to }: Change): boolean {
  const { place } = record;
  return place !== null && place === to.place && (place === "first" || place === version);
}

/** Whether a change begins or ends a submission. */
function turnsSubmission({ from: { record }, to }: Change): boolean {
  return (record.state === "submitted") !== (to.state === "submitted");
}

/**
 * The write of states' next records, with their log entries and totals. `keptMs`: of a broadcast's records. `commands`: those of
 * changes that need them.
 */
export function changeWrite(
  changes: readonly Change[],
  keptMs: number,
  commands: ReadonlyMap<string, CommandRecord> = new Map(),
): ChangeWrite {
  const write: ChangeWrite = {
    checks: [],
    sets: [],
    deletes: [],
    appends: [],
    apart: [],
    sums: [],
    valueBytes: 0,
  };
  for (const { from, to } of changes) {
    const value = shortened(to);
    write.valueBytes += value === to ? bytesOf(to) : shortBytes;
    const key = keys.state(from.userId, from.commandId);
    const placeBefore = from.record.place;
    write.checks.push(stateCheck(from));
    if (from.broadcastVersion !== undefined) {
      write.checks.push({ key: keys.broadcast(from.commandId), versionstamp: from.broadcastVersion });
    }
    if (to.cast === true) {
      write.sets.push({ key, value, expireIn: keptMs });
      if (to.uncounted !== true) write.sums.push(...countedTransition(from, to), ...countedAnswer(from, to));
    } else {
      write.sets.push({ key, value });
    }
    const command = commands.get(from.commandId);
    const submission = command !== undefined && turnsSubmission({ from, to })
      ? submissionKey(command, from.userId)
      : null;
    if (submission !== null) {
      if (to.state !== "submitted") write.deletes.push(submission);
      else write.sets.push({ key: submission, value: 1, ...(to.cast === true && { expireIn: keptMs }) });
    }
    const one = command === undefined
      ? undefined
      : openOnes(command).find(({ userId }) => userId === from.userId);
    if (outdatesEntry({ from, to })) {
      const entry = [...keys.inbox(from.userId), from.version!];
      write.sets.push({ key: entry, value: commandValue(from.commandId, one) });
      write.valueBytes += shortBytes;
    }
    if (!movesPlace({ from, to })) continue;
    const inOwnLog = placeBefore !== null && placeBefore !== "cast";
    if (placeBefore !== "first" && to.place === "first") {
      // The log entry and this record share the commit, so the record's new versionstamp is the entry's place.
      write.appends.push({ log: keys.inbox(from.userId), value: commandValue(from.commandId, one) });
      if (inOwnLog) write.deletes.push([...keys.inbox(from.userId), placeBefore]);
    } else if (from.record.state === "scheduled" && to.withheldBy !== null) {
      write.apart.push(keys.inbox(from.userId));
    } else if (inOwnLog && to.place === null) {
      write.deletes.push([...keys.inbox(from.userId), placeBefore]);
    }
    if (one !== undefined) countApart(write, one, { from, to });
  }
  return write;
}

/** DL-7: an open command without an entry in the log counts by a record of its own. */
function countApart(write: ChangeWrite, one: OpenOne, { from: { record }, to }: Change): void {
  const isApart = ({ state, place }: Pick<StateRecord, "state" | "place">) => isOpen(state) && place === null;
  const key = openKey(one);
  // Also where it has one: what is withheld at its release writes about as much as what is not (CO-10).
  if (isApart(to)) write.sets.push({ key, value: 1 });
  else if (isApart(record)) write.deletes.push(key);
}

/** Fails the write if the state has a record of its own that was written since the read. */
export function stateCheck({ userId, commandId, version, moment }: StoredState): Check {
  return {
    key: keys.state(userId, commandId),
    versionstamp: version === takenVersion ? null : version,
    moment,
  };
}

/** Adds uses of files; the write fails if a file has changed since it was read. */
export function addUses(write: Write, carries: readonly Carried[] = []): void {
  for (const { checks, sets } of carries.map(useWrites)) {
    write.checks!.push(...checks);
    write.sets!.push(...sets);
  }
}

/** CM-7: the same for broadcasts that were delivered. */
export function countedTaken(taken: readonly StoredState[]): NonNullable<Write["sums"]> {
  return taken.filter(({ record }) => record.cast === true)
    .map(({ commandId }) => ({ key: keys.total(commandId, "delivered"), by: 1n }));
}

/** CM-7: how a transition changes a broadcast's totals. `queued` is not counted: it is the rest of the people matched. */
function countedTransition(from: StoredState, to: StateRecord): { key: KvKey; by: bigint }[] {
  const before = from.record.state;
  if (before === to.state) return [];
  const sums = before === "queued" ? [] : [{ key: keys.total(from.commandId, before), by: minusOne }];
  return to.state === "queued" ? sums : [...sums, { key: keys.total(from.commandId, to.state), by: 1n }];
}

/** CM-9: how an answer changes the numbers of a broadcast's options. */
function countedAnswer(
  { commandId, record }: StoredState,
  to: StateRecord,
): { key: KvKey; by: bigint }[] {
  const [before, after] = [record, to].map(({ answer }) => answer?.counts ?? []) as [string[], string[]];
  const at = (place: string, by: bigint) => ({ key: keys.answerCount(commandId, place), by });
  return [
    ...before.filter((place) => !after.includes(place)).map((place) => at(place, minusOne)),
    ...after.filter((place) => !before.includes(place)).map((place) => at(place, 1n)),
  ];
}

/** About how many bytes a state has in the store: field names and ids, and two for each character of a note. */
function bytesOf({ note, review, answer, timeline, undo }: StateRecord): number {
  let bytes = 768 + (answer === undefined ? 0 : 2 * JSON.stringify(answer).length) + 2 * noteLength(note) +
    2 * (review?.note?.length ?? 0);
  for (const { note, proof = [] } of timeline) {
    bytes += 128 + 2 * noteLength(note);
    for (const { name } of proof) bytes += 256 + 2 * name.length;
  }
  return undo === undefined ? bytes : bytes + bytesOf(undo.before);
}

/** About how many bytes a command has in the store, without its recipients. */
export function commandBytes(command: Command): number {
  return fixedBytes + textBytes(command);
}

/** The store needs two bytes a character for text beyond Latin-1. */
function textBytes({ title, body, data }: Command): number {
  const characters = (title?.length ?? 0) + (body?.length ?? 0) +
    (data === null ? 0 : JSON.stringify(data).length);
  return 2 * characters;
}
