import { asksOf } from "../lib/protocol/asks_of.ts";
import type { Command, GivenAnswer as Given } from "../lib/protocol/mod.ts";
import { optionText, valueText } from "../lib/text/asking.ts";
import { Time } from "./Time.tsx";
import { Filled, useWords } from "./words.tsx";

interface AnswerProps {
  command: Pick<Command, "kind" | "data">;
  answer: Given | undefined;
  /** How it is called for those who hear it. */
  label: string;
  local?: boolean;
}

/** CM-9: an answer with the labels of its question. */
export function GivenAnswer({ command, answer, label, local = false }: AnswerProps) {
  const words = useWords("asking");
  if (answer === undefined) return null;
  const asks = asksOf(command);
  if ("startedAt" in answer) {
    return (
      <p class="small">
        <Filled
          text={words.ran}
          from={<Time value={answer.startedAt} local={local} />}
          to={<Time value={answer.endedAt} local={local} />}
        />
      </p>
    );
  }
  if ("options" in answer) {
    const options = asks?.kind === "choice" ? asks.options : [];
    return (
      <ul class="given" aria-label={label}>
        {answer.options.map((id) => (
          <li key={id}>
            <bdi>{optionText(options, id)}</bdi>
          </li>
        ))}
      </ul>
    );
  }
  const fields = asks?.kind === "form" ? asks.fields : [];
  return (
    <dl class="given" aria-label={label}>
      {fields.filter(({ id }) => Object.hasOwn(answer.fields, id)).map((field) => (
        <div key={field.id}>
          <dt>{field.label}</dt>
          <dd>
            <bdi>{valueText(words, field, answer.fields[field.id]!)}</bdi>
          </dd>
        </div>
      ))}
    </dl>
  );
}
