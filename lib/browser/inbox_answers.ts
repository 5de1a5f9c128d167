import { didText } from "../text/answers.ts";
import { isOpen } from "../protocol/closed_states.ts";
import type { CommandState } from "../protocol/mod.ts";
import type { Language, Words } from "../words/mod.ts";
import { plural } from "../words/shape.ts";
import { type CommandAction, localMoment, updateParams } from "./command_action.ts";
import { pageConnection } from "./connection.ts";
import { failureText } from "./failures.ts";
import { formAnswered } from "./form_delivery.ts";
import type { InboxPage } from "./inbox_page.ts";
import { toast } from "./toast.ts";

export interface AnswerWords {
  language: Language;
  answers: Words["answers"];
  failures: Words["failures"];
}

/** Answers commands of the inbox over the connection, and takes answers back (CM-13). Only for the browser. */
export class InboxAnswers {
  readonly #page: InboxPage;
  readonly #words: AnswerWords;
  readonly #redraw: () => void;

  /** `redraw`: asks for the page again, once for answers that come together. */
  constructor(page: InboxPage, words: AnswerWords, redraw: () => void) {
    this.#page = page;
    this.#words = words;
    this.#redraw = redraw;
  }

  /** One answer to one command, or the same to several. Without a connection it waits, and the person can go on. */
  async give(ids: readonly string[], action: CommandAction): Promise<void> {
    const { answers, language } = this.#words;
    const connection = pageConnection();
    const { id: _, ...params } = updateParams(action, Date.now(), localMoment);
    const waiting = connection.state.kind !== "online";
    for (const id of ids) this.#mark(id, waiting ? answers.waits : "");
    try {
      const [id] = ids;
      const left = ids.length === 1
        ? (await connection.request("command.update", { id: id!, ...params }), [])
        : (await connection.request("inbox.update", { ids: [...ids], ...params })).results.filter((
          { error },
        ) => error);
      const done = ids.filter((id) => !left.some((one) => one.id === id));
      for (const id of done) formAnswered(id);
      const [first] = left;
      if (first !== undefined) this.#refused(left.length, this.#reason(first.error!));
      else toast(didText(answers, language, action.state, done.length), this.#undo(done));
      if (!leaves(action.state)) return await this.#page.load(done);
      this.#page.leave(done);
      this.#redraw();
    } catch (error) {
      for (const id of ids) this.#mark(id, null);
      this.refuse(ids, error);
      await this.#page.load();
    }
  }

  /** Says that an answer was refused: in the row when it is here and open, or for a while. */
  refuse(ids: readonly string[], error: unknown): void {
    const { failures, language } = this.#words;
    this.#refused(ids.length, failureText(failures, language, error));
  }

  #refused(count: number, reason: string): void {
    const { answers, language } = this.#words;
    toast(plural(language, answers.refused, count, { reason }));
  }

  #reason({ kind }: { kind: string }): string {
    const { failures } = this.#words;
    return kind in failures ? failures[kind as keyof typeof failures] : failures.unknown;
  }

  #undo(ids: readonly string[]) {
    const { answers } = this.#words;
    const run = async () => {
      try {
        const { results } = await pageConnection().request("inbox.undo", { ids: [...ids] });
        const left = results.filter(({ error }) => error !== undefined);
        if (left[0]?.error === undefined) toast(answers.undone);
        else this.#refused(left.length, this.#reason(left[0].error));
      } catch (error) {
        this.refuse(ids, error);
      }
      await this.#page.load(ids);
    };
    return { name: answers.undo, run: () => void run() };
  }

  /** Marks a row as being answered, with what there is to say of it; null takes that back. */
  #mark(id: string, text: string | null): void {
    const row = this.#page.row(id);
    row?.classList.toggle("item-busy", text !== null);
    row?.querySelector(".item-waits")?.remove();
    if (!text) return;
    const said = Object.assign(document.createElement("p"), { className: "item-waits", textContent: text });
    said.role = "status";
    row?.querySelector("article")?.append(said);
  }
}

/** Whether such an answer takes a command out of the first view. */
export function leaves(state: CommandState): boolean {
  return state === "deferred" || !isOpen(state);
}

/** What single keys answer. */
const keyStates: Readonly<Record<string, CommandState>> = {
  a: "accepted",
  s: "seen",
  c: "completed",
  l: "deferred",
  d: "declined",
};

/** What a key answers; null when it is no answer. `minutes`: for how long "later" is. */
export function answerOf(key: string, minutes: number): CommandAction | null {
  const state = keyStates[key];
  if (state === undefined) return null;
  return {
    id: "",
    state,
    note: null,
    minutes: state === "deferred" ? minutes : null,
    until: null,
    proof: [],
  };
}
