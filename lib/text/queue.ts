import type { QueueItem, QueueOutcome, ReportReason, SanctionKind } from "../protocol/mod.ts";
import type { Language, Words } from "../words/mod.ts";
import { fill } from "../words/shape.ts";
import { listText, type StateWords } from "./commands.ts";

type QueueSection = Words["queue"];

/** Why something is reported. */
export function reasonText(words: Words["reports"], reason: ReportReason): string {
  return reason === "other" ? words.otherReason : words[reason];
}

/** What an item of the queue is called. */
export function queueTitle(words: QueueSection, reasons: Words["reports"], item: QueueItem): string {
  switch (item.kind) {
    case "report":
      return item.reason === null ? item.title : reasonText(reasons, item.reason);
    case "appeal":
      return words.appealTitle;
    case "removal":
      return words.removalTitle;
    case "file":
      return fill(words.fileTitle, { title: item.title });
    case "incident":
      return words.incidentTitle;
    default:
      return item.kind satisfies never;
  }
}

/** What it is about, and whose that is. */
export function queueAbout(words: QueueSection, { about, title, user }: QueueItem): string {
  const name = user ?? "";
  switch (about) {
    case "user":
      return fill(words.aboutUser, { name });
    case "command":
      return fill(words.aboutCommand, { name });
    case "message":
      return fill(words.aboutMessage, { name });
    case "file":
      return fill(words.aboutFile, { name });
    case "group":
      return fill(words.aboutGroup, { title });
    case null:
      return user === null ? "" : fill(words.byUser, { name });
    default:
      return about satisfies never;
  }
}

/** Who works on it; null: nobody does. */
export function queueState(words: QueueSection, item: QueueItem): StateWords | null {
  if (item.claim?.yours === true) return { label: words.yours, tone: "good" };
  if (item.claim !== null) return { label: fill(words.claimedBy, { name: item.claim.by }), tone: "plain" };
  if (item.notYours === true) return { label: words.notYours, tone: "plain" };
  return item.second === null ? null : { label: words.second, tone: "wait" };
}

const outcomeKeys = {
  upheld: "outcomeUpheld",
  dismissed: "outcomeDismissed",
  fine: "outcomeFine",
  granted: "outcomeGranted",
  refused: "outcomeRefused",
  removed: "outcomeRemoved",
  kept: "outcomeKept",
  release: "outcomeRelease",
  reject: "outcomeReject",
} as const satisfies Record<QueueOutcome, keyof QueueSection>;

/** A decision in words: its sanctions, or its outcome. */
export function decisionText(
  words: QueueSection,
  language: Language,
  { outcome, actions }: { outcome: QueueOutcome; actions: readonly { kind: SanctionKind }[] },
): string {
  const names = actions.map(({ kind }) => words[kind]);
  return names.length === 0 ? words[outcomeKeys[outcome]] : listText(language, names);
}
