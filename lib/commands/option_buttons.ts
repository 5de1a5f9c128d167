import { createHash } from "node:crypto";
import type { Caller } from "../platform/mod.ts";
import { asksOf, type CommandState, type Option, Refusal, type Result } from "../protocol/mod.ts";
import { mayMove } from "./lifecycle.ts";
import type { CommandRecord, CommandStore } from "./ports.ts";
import { missingWork } from "./reviews.ts";
import type { Transitions } from "./transitions.ts";

/** Most options of a question that can be buttons of a notification: systems show two, and a part of them would lead the answer. */
const optionsMost = 2;
const keyLength = 8;

/** An option that a notification can offer as a button. `key` names it in this edition of its command: it answers no other. */
export interface OptionButton {
  key: string;
  label: string;
}

/** CM-9: the options of a question that can be answered now by one of them alone, if there are few enough. */
export function optionButtons(record: CommandRecord, state: CommandState): OptionButton[] {
  const { command } = record;
  const options = optionsOf(command);
  const to = submittedAs(command);
  if (options.length > optionsMost || !mayMove(state, to, "recipient", command.requires)) return [];
  if (missingWork({ state: to }, command.requires, { files: 0, answered: true }) !== null) return [];
  return options.map((option) => ({ key: keyOf(record, option), label: option.label }));
}

/** UI-12: answers questions from notifications. */
export class OptionButtons {
  readonly #store: Pick<CommandStore, "commands">;
  readonly #transitions: Pick<Transitions, "update">;

  constructor(store: Pick<CommandStore, "commands">, transitions: Pick<Transitions, "update">) {
    this.#store = store;
    this.#transitions = transitions;
  }

  /** Answers with the option of that key. */
  async answer(
    caller: Caller,
    { id, key }: { id: string; key: string },
  ): Promise<Result<"command.update"> | Refusal> {
    const record = (await this.#store.commands([id])).get(id);
    const option = record === undefined
      ? undefined
      : optionsOf(record.command).find((option) => keyOf(record, option) === key);
    if (record === undefined || option === undefined) return new Refusal("not_found", "command.missing");
    const state = submittedAs(record.command);
    const { edition = 0 } = record;
    const params = { id, state, answer: option.id };
    return await this.#transitions.update(caller, params, { fromOutside: true, edition });
  }
}

/** Of a question to which one option is the answer. */
function optionsOf(command: CommandRecord["command"]): readonly Option[] {
  const asks = asksOf(command);
  return asks?.kind === "choice" && asks.multiple !== true ? asks.options : [];
}

function submittedAs({ requires }: CommandRecord["command"]): "submitted" | "completed" {
  return requires === "review" ? "submitted" : "completed";
}

function keyOf({ edition = 0 }: CommandRecord, { id, label }: Option): string {
  return createHash("sha256").update(`${edition}\n${id}\n${label}`).digest("base64url").slice(0, keyLength);
}
