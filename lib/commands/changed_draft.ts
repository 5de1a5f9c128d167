import type { Command, CommandDraft, Params, Requirement } from "../protocol/mod.ts";
import { digestOf } from "./draft_digest.ts";
import type { CommandRecord } from "./ports.ts";

/** Times nearer to each other are the same. */
const sameMs = 60_000;
const dayMs = 24 * 3600_000;

/** A draft of what was checked once: its data is any JSON. */
type Draft = Omit<CommandDraft, "data"> & { data?: unknown };
type CommandChange = Params<"command.edit">;

/** CM-11: the draft that a command is with a change, unchecked. */
export function changedDraft(
  record: CommandRecord,
  change: CommandChange,
  to: readonly string[],
  { now, retentionDays }: { now: number; retentionDays: number },
): Record<string, unknown> {
  const draft = merged(record, change, to);
  const ahead = (time: string | null | undefined) =>
    time !== null && time !== undefined && Date.parse(time) > now ? time : null;
  // What was released already, or waits for its files alone, has no time of its own any more.
  const deliverAt = change.deliverAt === undefined ? ahead(record.command.deliverAt) : change.deliverAt;
  const moves = deliverAt !== ahead(record.command.deliverAt);
  const keepsEnd = change.expiresAt === undefined && (!moves || hasOwnEnd(record.command, retentionDays));
  return {
    ...draft,
    deliverAt,
    // A deadline that has passed stays as it is; a new one has to lie ahead.
    dueAt: change.dueAt === undefined ? ahead(record.command.dueAt) : change.dueAt,
    expiresAt: keepsEnd ? record.command.expiresAt : change.expiresAt ?? null,
  };
}

/** Whether a change says what the command is already. */
export function isUnchanged(record: CommandRecord, change: CommandChange, retentionDays: number): boolean {
  const { expiresAt, ...rest } = change;
  const sameEnd = expiresAt === null && !hasOwnEnd(record.command, retentionDays);
  const of = (change: Partial<CommandChange>) => merged(record, change, []) as CommandDraft;
  return digestOf(of(sameEnd ? rest : change)) === digestOf(of({}));
}

function merged(
  { command, cast }: CommandRecord,
  change: Partial<CommandChange>,
  to: readonly string[],
): Draft {
  const { title, body, data, attachments } = command;
  const audience: CommandDraft["audience"] = cast === undefined
    ? { kind: "user", to: [...to] }
    : cast.kind === "group"
    ? { kind: "group", group: cast.name! }
    : cast.kind === "category"
    ? { kind: "category", category: cast.name! }
    : { kind: "all" };
  const given = {
    title,
    body,
    data,
    ...defined({ title: change.title, body: change.body, data: change.data }),
  };
  return {
    key: command.id,
    audience,
    kind: (change.kind ?? command.kind) as CommandDraft["kind"],
    ...present(given),
    categories: change.categories ?? command.categories,
    attachments: change.attachments ?? attachments.map(({ fileId }) => fileId),
    deliverAt: change.deliverAt === undefined ? command.deliverAt : change.deliverAt,
    dueAt: change.dueAt === undefined ? command.dueAt : change.dueAt,
    expiresAt: change.expiresAt === undefined ? command.expiresAt : change.expiresAt,
    requires: change.requires ?? command.requires as Requirement,
  };
}

/** DL-6: whether its sender set an end of their own, as far as the times tell. */
export function hasOwnEnd(
  { createdAt, deliverAt, expiresAt }: Pick<Command, "createdAt" | "deliverAt" | "expiresAt">,
  retentionDays: number,
): boolean {
  const longest = Date.parse(deliverAt ?? createdAt) + retentionDays * dayMs;
  // The clock went on between the check of the times and the send.
  return Math.abs(longest - Date.parse(expiresAt)) > sameMs;
}

function defined<T extends object>(fields: T): Partial<T> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Partial<T>;
}

/** Without the fields that are null. */
function present<T extends object>(fields: T): { [K in keyof T]?: NonNullable<T[K]> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null)) as {
    [K in keyof T]?: NonNullable<T[K]>;
  };
}
