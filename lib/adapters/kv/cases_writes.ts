import type {
  CaseChange,
  CaseRecord,
  DayRecord,
  ReporterRecord,
  ReportRecord,
} from "../../moderation/mod.ts";
import { noDay, rankOf, tallied } from "../../moderation/mod.ts";
import { aboutOf, moderationLimits } from "../../protocol/mod.ts";
import { getEntries, getValues } from "./get_many.ts";
import type { Part } from "./incidents_suspensions.ts";
import { keys } from "./keys.ts";
import { owedSet } from "./notices_store.ts";
import type { KvKey, KvPort } from "./port.ts";
import { addRefusals } from "./removal_writes.ts";

/** Reporters whose bad faith one commit counts; each costs a check. */
const reportersCounted = 50;

/** The key by which a case is listed: open ones by harm and age, decided ones by their time. */
export function placeKey({ id, kind, harm, decided }: CaseRecord): KvKey {
  return decided === null
    ? keys.queueOpen(9 - rankOf({ kind, harm }), id)
    : keys.queueDecided(decided.atMs, id);
}

/** Writes of a case beside its record: where it is listed, and for a new one whom it is about. */
export function caseSets(from: CaseRecord | null, to: CaseRecord): Pick<Part, "sets" | "deletes"> {
  const kept = to.decided === null ? {} : { expireIn: moderationLimits.caseKeptMs };
  const place = placeKey(to);
  const before = from === null ? null : placeKey(from);
  const moved = before !== null && JSON.stringify(before) !== JSON.stringify(place);
  return {
    sets: [
      { key: keys.case(to.id), value: to, ...kept },
      { key: place, value: to.kind, ...kept },
      ...(to.person === null ? [] : [{ key: keys.caseAbout(to.person.id, to.id), value: 1, ...kept }]),
      ...(to.removal === undefined
        ? []
        : [{ key: keys.removal(to.removal.codeHash), value: to.id, ...kept }]),
    ],
    deletes: moved ? [before] : [],
  };
}

/** All writes of a change of a case. They fail if the case or its claim has changed since they were read. */
export async function caseWrites(kv: KvPort, change: CaseChange, nowMs: number): Promise<Part> {
  const { from, to, claim, tally } = change;
  const part: Part = { checks: [], ...caseSets(from?.record ?? null, to) };
  part.checks.push({ key: keys.case(to.id), versionstamp: from?.version.record ?? null });
  if (from !== null) {
    part.checks.push({ key: keys.claim(to.id), versionstamp: from.version.claim });
    if (claim === "end" && from.version.claim !== null) part.deletes.push(keys.claim(to.id));
    await addFold(kv, part, to);
  }
  if (tally !== undefined) {
    const day = await kv.get<DayRecord>(keys.queueDay(dayOf(nowMs)));
    part.checks.push(day);
    part.sets.push({
      key: day.key,
      value: tallied(day.value ?? noDay, tally),
      expireIn: moderationLimits.queueDayKeptMs,
    });
  }
  part.sets.push(...(change.owed ?? []).map(owedSet));
  await addReviewed(kv, part, change);
  await addBadFaith(kv, part, change, nowMs);
  if (change.refuse !== undefined) await addRefusals(kv, part, change.refuse, nowMs);
  return part;
}

/** Date in UTC. */
export function dayOf(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}

/** New similar reports find an open case, and no decided one. */
async function addFold(kv: KvPort, part: Part, { id, fold, decided }: CaseRecord): Promise<void> {
  if (fold === null) return;
  const entry = await kv.get<string>(keys.caseOpen(fold));
  part.checks.push(entry);
  if (decided !== null && entry.value === id) part.deletes.push(entry.key);
  // One that was opened meanwhile goes on.
  if (decided === null && entry.value === null) part.sets.push({ key: entry.key, value: id });
}

async function addReviewed(kv: KvPort, part: Part, { to, reviewed }: CaseChange): Promise<void> {
  if (reviewed === undefined) return;
  const reports = await getValues<ReportRecord>(kv, to.reports.map(keys.report));
  const items = new Set(reports.flatMap((report) => report === null ? [] : [itemOf(report)]));
  for (const item of items) {
    const key = keys.reviewed(item);
    if (reviewed === "forget") part.deletes.push(key);
    else part.sets.push({ key, value: reviewed, expireIn: moderationLimits.caseKeptMs });
  }
}

export function itemOf({ about }: ReportRecord): string {
  const { kind, id } = aboutOf(about);
  return `${kind}:${id}`;
}

async function addBadFaith(
  kv: KvPort,
  part: Part,
  { to, badFaith }: CaseChange,
  nowMs: number,
): Promise<void> {
  if (badFaith === undefined) return;
  const counted = to.reporters.slice(0, reportersCounted);
  for (const entry of await getEntries<ReporterRecord>(kv, counted.map(keys.reporter))) {
    const { recent, badFaith: before } = entry.value ?? { recent: [], badFaith: [] };
    const others = before.filter(({ caseId, atMs }) =>
      caseId !== to.id && atMs > nowMs - moderationLimits.badFaithMs
    );
    const next = badFaith === "add" ? [...others, { atMs: nowMs, caseId: to.id }] : others;
    part.checks.push(entry);
    part.sets.push({
      key: entry.key,
      value: { recent, badFaith: next } satisfies ReporterRecord,
      expireIn: moderationLimits.badFaithMs,
    });
  }
}
