import {
  type AnswerInput,
  type Asks,
  checked,
  choiceAnswer,
  type CommandState,
  formAnswer,
  Refusal,
} from "../protocol/mod.ts";
import { answered, isCounted, placeOf } from "./answer_totals.ts";
import type { StateRecord, StoredAnswer } from "./ports.ts";
import { timerAnswer } from "./timers.ts";

/** CM-9: an answer checked against its command, and the places at which it counts. */
export function readAnswer(asks: Asks | null, input: AnswerInput): StoredAnswer | Refusal {
  switch (asks?.kind) {
    case "choice": {
      const read = checked(choiceAnswer(asks), { answer: typeof input === "string" ? [input] : input });
      if (read instanceof Refusal) return read;
      const options = asks.options.map(({ id }) => id).filter((id) => read.answer.includes(id));
      return { given: { options }, counts: [answered, ...options.map((id) => placeOf(undefined, id))] };
    }
    case "form": {
      const read = checked(formAnswer(asks), { answer: input });
      if (read instanceof Refusal) return read;
      const fields = read.answer;
      const counted = asks.fields.filter((field) => isCounted(field) && Object.hasOwn(fields, field.id));
      const places = counted.map(({ id }) => placeOf(id, String(fields[id])));
      return { given: { fields }, counts: [answered, ...places] };
    }
    case "timer":
    case undefined:
      return new Refusal("invalid_params", "command.noAnswer", { fields: { answer: "field.noAnswer" } });
    default:
      return asks satisfies never;
  }
}

/** CM-5: states with which work, and an answer, is submitted. */
export function submits(state: CommandState): boolean {
  return state === "submitted" || state === "completed";
}

/** CM-9: the answer in the next record; undefined: there is none. */
export function answerFor(
  state: CommandState,
  record: StateRecord,
  { asks, answer = record.answer }: { asks: Asks | null; answer: StoredAnswer | undefined },
  now: number,
): StoredAnswer | Refusal | undefined {
  if (!submits(state) || asks === null) return record.answer;
  if (asks.kind === "timer") return record.answer ?? timerAnswer(asks, record, now);
  return answer ??
    new Refusal("invalid_params", "command.needsAnswer", { fields: { answer: "field.answer" } });
}

/** Whether two answers say the same. */
export function isSame(answer: StoredAnswer, other: StoredAnswer | undefined): boolean {
  return JSON.stringify(answer.given) === JSON.stringify(other?.given);
}
