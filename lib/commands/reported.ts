import type { Caller } from "../platform/mod.ts";
import {
  type CommandDetail,
  isFromServer,
  moderationLimits,
  Refusal,
  type ReportSnapshot,
  type TimelineEntry,
} from "../protocol/mod.ts";
import { answerLines } from "./answer_totals.ts";
import type { History } from "./history.ts";
import type { Parts } from "./parts.ts";
import type { CommandRecord } from "./ports.ts";

/** What a report about a command is about, and whose it is. */
export interface ReportedCommand {
  person: { id: string; username: string };
  snapshot: ReportSnapshot;
}

type Line = ReportSnapshot["context"][number];

/** Commands of a person that are read for those of one sender. */
const looksBack = 64;
/** Notes and earlier commands around the reported one. */
const notesShown = moderationLimits.reportContext / 2;

/** MO-1: commands as somebody reports them: what they received, also when it has ended, or what was answered to them. */
export class ReportedCommands {
  readonly #parts: Parts;
  readonly #history: Pick<History, "get">;

  constructor(parts: Parts, history: Pick<History, "get">) {
    this.#parts = parts;
    this.#history = history;
  }

  async subject(caller: Caller, commandId: string): Promise<ReportedCommand | Refusal> {
    const detail = await this.#history.get(caller, { id: commandId });
    if (detail instanceof Refusal) return detail;
    const record = (await this.#parts.store.commands([commandId])).get(commandId);
    if (record === undefined) return new Refusal("not_found", "command.missing");
    if (isFromServer(record.command.from)) return new Refusal("conflict", "report.server");
    return record.senderId === caller.userId
      ? this.#answer(caller, record, detail)
      : await this.#received(caller, record, detail);
  }

  /** Also a sealed one: moderators see what the person has not opened. */
  async #received(
    caller: Caller,
    { command, senderId }: CommandRecord,
    { timeline }: CommandDetail,
  ): Promise<ReportedCommand> {
    const { id, kind, title, body, data, categories, attachments, createdAt, from } = command;
    return {
      person: { id: senderId, username: from.username },
      snapshot: {
        kind: "command",
        title: title ?? kind,
        text: body ?? "",
        at: createdAt,
        categories,
        data,
        files: attachments,
        context: [
          ...await this.#before(caller, senderId, id),
          ...notesIn(timeline, (who) => who === from.username),
        ],
      },
    };
  }

  /** Earlier commands of the same sender that the person received, oldest first. */
  async #before(caller: Caller, senderId: string, commandId: string): Promise<Line[]> {
    const { store } = this.#parts;
    const states = await store.history(caller.userId, commandId, looksBack);
    const seen = states.filter(({ record }) => record.deliveredAt !== null && record.withheldBy === null);
    const records = await store.commands(seen.map((state) => state.commandId));
    const theirs = seen.flatMap((state) => {
      const record = records.get(state.commandId);
      return record?.senderId === senderId ? [record.command] : [];
    });
    return theirs.slice(0, notesShown).reverse().map(({ createdAt, title, body }) => ({
      at: createdAt,
      by: "reported",
      text: shortContext([title, body].filter((text) => text !== null && text !== "").join(": ")),
    }));
  }

  /** What the only recipient of the caller's own command said; there is nothing else in it to report. */
  #answer(
    caller: Caller,
    { command, recipients }: CommandRecord,
    { recipients: states = [], timeline }: CommandDetail,
  ): ReportedCommand | Refusal {
    const [userId, ...others] = recipients;
    const [state] = states;
    const hasAnswer = state !== undefined &&
      (state.note !== null || state.proof.length > 0 || state.answer !== undefined);
    if (userId === undefined || others.length > 0 || userId === caller.userId || !hasAnswer) {
      return new Refusal("conflict", "report.missing");
    }
    return {
      person: { id: userId, username: state.username },
      snapshot: {
        kind: "command",
        title: command.title ?? command.kind,
        text: [
          ...(state.note === null ? [] : [state.note]),
          ...(state.answer === undefined ? [] : answerLines(command, state.answer)),
        ].join("\n"),
        at: state.updatedAt,
        categories: command.categories,
        data: null,
        files: state.proof,
        context: notesIn(timeline, (who) => who === state.username),
      },
    };
  }
}

/** The last words in a command's timeline. */
function notesIn(timeline: readonly TimelineEntry[], isReported: (who: string) => boolean): Line[] {
  return timeline.flatMap(({ at, who, note }): Line[] => {
    if (note === undefined || note === "") return [];
    const by = who === undefined ? "server" : isReported(who) ? "reported" : "reporter";
    return [{ at, by, text: shortContext(note) }];
  }).slice(-notesShown);
}

/** A line of what was around a reported item; whole texts of all lines would not fit into a record. */
export function shortContext(text: string): string {
  const characters = [...text];
  return characters.length <= moderationLimits.reportContextText
    ? text
    : `${characters.slice(0, moderationLimits.reportContextText - 1).join("")}…`;
}
