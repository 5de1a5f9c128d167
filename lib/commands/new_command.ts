import { type Caller, iso } from "../platform/mod.ts";
import type { Command, CommandDraft } from "../protocol/mod.ts";
import type { Attached } from "./attachments.ts";
import type { Times } from "./draft.ts";
import type { CommandRecord, DueJob } from "./ports.ts";
import { remindAt } from "./reminders.ts";

/** CM-2, BR-1: none given means `general`; a category's own cast carries it. */
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

/** What passed the checks of a draft, as far as it becomes part of the command. */
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
    data: draft.data ?? null,
    categories: checked.categories,
    attachments: checked.attached.attachments,
    from: { id: userId, username, displayName },
    audience: audienceOf(draft),
    createdAt: iso(now),
    // FI-6: what waits for the checks of its files is a scheduled one whose time has come already.
    deliverAt: checked.times.deliverAt ?? (checked.attached.clean ? null : iso(now)),
    dueAt: checked.times.dueAt,
    expiresAt: iso(checked.times.expiresMs),
    requires: draft.requires ?? "none",
  };
}

/** What is to be done for it later: its end, its release, its reminder. */
export function firstJobs({ command, expiresMs }: CommandRecord): DueJob[] {
  const commandId = command.id;
  const jobs: DueJob[] = [{ dueMs: expiresMs, job: { kind: "expire", commandId } }];
  if (command.deliverAt !== null) {
    jobs.push({ dueMs: Date.parse(command.deliverAt), job: { kind: "release", commandId } });
  }
  if (command.dueAt !== null) {
    const fromMs = Date.parse(command.deliverAt ?? command.createdAt);
    jobs.push({ dueMs: remindAt(fromMs, Date.parse(command.dueAt)), job: { kind: "remind", commandId } });
  }
  return jobs;
}
