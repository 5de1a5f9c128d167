import { type Caller, iso } from "../platform/mod.ts";
import {
  askedData,
  asksOf,
  type Command,
  type CommandDraft,
  limits,
  type Message,
  Refusal,
  say,
} from "../protocol/mod.ts";
import type { Attached } from "./attachments.ts";
import { expiryJob } from "./expiries.ts";
import type { CommandRecord, DueJob } from "./ports.ts";
import { remindAt } from "./reminders.ts";

const dayMs = 24 * 3600_000;

/** A draft's times, checked against the clock; RFC 3339 UTC or null. */
export interface Times {
  deliverAt: string | null;
  dueAt: string | null;
  /** When it stops waiting, in ms: the sender's own time or the end of retention (DL-6). */
  expiresMs: number;
}

/** Checks a draft's times against now, which a schema cannot (CM-8, DL-6). */
export function checkTimes(draft: CommandDraft, now: number, retentionDays: number): Times | Refusal {
  const deliverMs = toMs(draft.deliverAt);
  const dueMs = toMs(draft.dueAt);
  const expiresMs = toMs(draft.expiresAt);
  if (deliverMs !== null && deliverMs <= now) {
    return wrong("deliverAt", "field.past");
  }
  if (deliverMs !== null && deliverMs > now + limits.scheduleMs) {
    return wrong("deliverAt", say("field.schedule", { count: limits.scheduleMs / dayMs }));
  }
  const startMs = deliverMs ?? now;
  if (dueMs !== null && dueMs <= startMs) return wrong("dueAt", "field.afterDelivery");
  if (expiresMs !== null && expiresMs <= startMs) {
    return wrong("expiresAt", "field.afterDelivery");
  }
  const lastMs = startMs + retentionDays * dayMs;
  if (expiresMs !== null && expiresMs > lastMs) {
    return wrong(
      "expiresAt",
      say("field.retention", { count: retentionDays, time: iso(lastMs) }),
    );
  }
  return {
    deliverAt: deliverMs === null ? null : iso(deliverMs),
    dueAt: dueMs === null ? null : iso(dueMs),
    expiresMs: expiresMs ?? lastMs,
  };
}

function toMs(time: string | null | undefined): number | null {
  return time === null || time === undefined ? null : Date.parse(time);
}

function wrong(field: string, reason: Message): Refusal {
  return new Refusal("invalid_params", say("request.fields", { fields: field }), {
    fields: { [field]: reason },
  });
}

/** CM-1: why a draft without title, body, data and files is not sent; null for every other. Its audience can be previewed. */
export function withoutContent(
  { title = "", body = "", data, attachments = [] }: CommandDraft,
): Refusal | null {
  if (title !== "" || body.trim() !== "" || data !== undefined || attachments.length > 0) return null;
  return new Refusal("invalid_params", "send.empty", { fields: { title: "field.empty" } });
}

/** CM-2, BR-1: `general` when none is given; a broadcast to a category has that category too. */
export function categoriesOf({ audience, categories }: CommandDraft): string[] {
  const given = categories ?? [];
  if (audience.kind === "category") return [...new Set([...given, audience.category])];
  return [...new Set(given.length > 0 ? given : ["general"])];
}

function audienceOf({ audience }: CommandDraft): Command["audience"] {
  switch (audience.kind) {
    case "group":
      return { kind: "group", name: audience.group };
    case "category":
      return { kind: "category", name: audience.category };
    case "user":
    case "all":
      return { kind: audience.kind };
    default:
      return audience satisfies never;
  }
}

/** CM-9: names in what is asked come in the form in which the schema has them. */
function dataOf({ kind, data }: CommandDraft): Command["data"] {
  const asks = asksOf({ kind, data });
  return asks === null ? data ?? null : askedData(asks);
}

/** The checked parts of a draft that become part of the command. */
export interface CheckedDraft {
  categories: string[];
  times: Times;
  attached: Attached;
}

/** The command that a checked draft becomes. */
export function commandOf(
  caller: Caller,
  draft: CommandDraft,
  checked: CheckedDraft,
  id: string,
  now: number,
): Command {
  const { userId, username, displayName } = caller;
  return {
    id,
    kind: draft.kind,
    title: draft.title ?? null,
    body: draft.body ?? null,
    data: dataOf(draft),
    categories: checked.categories,
    attachments: checked.attached.attachments,
    from: { id: userId, username, displayName },
    audience: audienceOf(draft),
    createdAt: iso(now),
    // FI-6: a command that waits for the checks of its files is a scheduled one that is due already.
    deliverAt: checked.times.deliverAt ?? (checked.attached.clean ? null : iso(now)),
    dueAt: checked.times.dueAt,
    expiresAt: iso(checked.times.expiresMs),
    requires: draft.requires ?? "none",
  };
}

/** Jobs for its expiry, release and reminder. */
export function firstJobs(record: CommandRecord, retentionDays: number): DueJob[] {
  const { command } = record;
  const commandId = command.id;
  const jobs: DueJob[] = [expiryJob(record, retentionDays * dayMs)];
  if (command.deliverAt !== null) {
    jobs.push({ dueMs: Date.parse(command.deliverAt), job: { kind: "release", commandId } });
  }
  if (command.dueAt !== null) {
    const fromMs = Date.parse(command.deliverAt ?? command.createdAt);
    jobs.push({ dueMs: remindAt(fromMs, Date.parse(command.dueAt)), job: { kind: "remind", commandId } });
  }
  return jobs;
}
