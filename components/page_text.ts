import type { CommandState, Requirement } from "../lib/protocol/mod.ts";

/** How a state reads to a person, and its tone: what the colour repeats, never says alone. */
export interface StateWords {
  label: string;
  tone: "plain" | "good" | "bad" | "wait";
}

const states: Record<CommandState, StateWords> = {
  scheduled: { label: "Scheduled", tone: "wait" },
  queued: { label: "Waiting", tone: "plain" },
  delivered: { label: "New", tone: "plain" },
  seen: { label: "Seen", tone: "plain" },
  accepted: { label: "Accepted", tone: "good" },
  submitted: { label: "Handed in", tone: "good" },
  completed: { label: "Done", tone: "good" },
  deferred: { label: "Not now", tone: "wait" },
  declined: { label: "Declined", tone: "bad" },
  returned: { label: "Returned", tone: "wait" },
  failed: { label: "Failed", tone: "bad" },
  expired: { label: "Expired", tone: "bad" },
  cancelled: { label: "Cancelled", tone: "bad" },
  stopped: { label: "Stopped", tone: "bad" },
};

/** The words of a state for its recipient, or for its sender, to whom a delivered command is not "new". */
export function stateWords(state: CommandState, reader: "recipient" | "sender"): StateWords {
  return state === "delivered" && reader === "sender" ? { label: "Delivered", tone: "plain" } : states[state];
}

/** States after which nothing more happens (the table of `commands/`, for pages); all others stay in the inbox. */
const closed: ReadonlySet<CommandState> = new Set([
  "completed",
  "declined",
  "failed",
  "expired",
  "cancelled",
  "stopped",
]);

export function isOpen(state: CommandState): boolean {
  return !closed.has(state);
}

/** A time for a page without scripts: readable, and plainly UTC. Anything that is no time comes back as it is. */
export function utcText(time: string): string {
  const date = new Date(time);
  if (Number.isNaN(date.getTime())) return time;
  return `${utcFormat.format(date)} UTC`;
}

const utcFormat = new Intl.DateTimeFormat("en-GB", {
  day: "numeric",
  month: "short",
  year: "numeric",
  hour: "2-digit",
  minute: "2-digit",
  timeZone: "UTC",
});

/** The same time as the viewer's own locale and time zone write it. Only for the browser. */
export function localText(time: string): string {
  const date = new Date(time);
  if (Number.isNaN(date.getTime())) return time;
  return date.toLocaleString(undefined, { dateStyle: "medium", timeStyle: "short" });
}

/** `one`, or `many` with the number before it. */
export function plural(count: number, one: string, many: string): string {
  return `${count} ${count === 1 ? one : many}`;
}

/**
 * The way from a page to `/`, relative. Fresh marks every link that begins with `/` and lies above the current page as
 * current, which would make the inbox "current" on all pages.
 */
export function toRoot(path: string): string {
  return `./${"../".repeat(Math.max(0, path.split("/").length - 2))}`;
}

/** A kind of command as a heading; clients' own kinds are shown as they are. */
export function kindTitle(kind: string): string {
  switch (kind) {
    case "message":
      return "Message";
    case "task":
      return "Task";
    case "link":
      return "Link";
    case "media":
      return "Media";
    default:
      return kind;
  }
}

/** How far a moment is from now, in the largest unit that fits: `in 5 hours`, `2 days ago`. */
export function distanceText(at: number, now: number): string {
  const minutes = Math.round(Math.abs(at - now) / 60_000);
  if (minutes === 0) return "now";
  const [count, one, many] = minutes < 60
    ? [minutes, "minute", "minutes"] as const
    : minutes < 48 * 60
    ? [Math.round(minutes / 60), "hour", "hours"] as const
    : [Math.round(minutes / (24 * 60)), "day", "days"] as const;
  return at > now ? `in ${plural(count, one, many)}` : `${plural(count, one, many)} ago`;
}

/** Whom a command is for, as its heading line says it. */
export function audienceText({ kind, name }: { kind: string; name?: string | undefined }): string {
  switch (kind) {
    case "group":
      return `To the group ${name ?? ""}`.trim();
    case "category":
      return `To everyone who allows ${name ?? "it"}`;
    case "all":
      return "To everyone";
    default:
      return "";
  }
}

/** What a sender asks back (CM-5), for its recipient. */
export function requirementText(requires: Requirement): string | null {
  switch (requires) {
    case "none":
      return null;
    case "confirmation":
      return "The sender asks you to confirm when it is done.";
    case "proof":
      return "The sender asks you to hand in something that shows it is done.";
    case "review":
      return "The sender looks at what you hand in, and accepts it or gives it back.";
    default:
      requires satisfies never;
      return null;
  }
}
