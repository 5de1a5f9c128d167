import type { AnswerTotals as Totals } from "../lib/protocol/mod.ts";
import { numberText } from "../lib/text/commands.ts";
import { plural } from "../lib/words/shape.ts";
import { Cell, Row, Table } from "./Table.tsx";
import { useLanguage, useWords } from "./words.tsx";

/** CM-9: how many people chose each option: numbers, and the same as bars. */
export function AnswerTotals({ answers, commandId }: { answers: Totals; commandId: string }) {
  const words = useWords("asking");
  const language = useLanguage();
  return (
    <section class="panel answers" aria-labelledby="answers">
      <h2 id="answers">{words.answers}</h2>
      <p>{plural(language, words.answered, answers.answers)}</p>
      {answers.questions.map(({ field = "", label, options }) => (
        <div key={field}>
          {label === undefined ? null : <h3>{label}</h3>}
          <Table label={label ?? words.answers} heads={[words.option, words.count, words.share]}>
            {options.map((option) => {
              const share = answers.answers === 0 ? 0 : option.count / answers.answers;
              const name = option.label ?? (option.id === "true" ? words.yes : words.no);
              return (
                <Row key={option.id}>
                  <Cell>
                    <bdi>{name}</bdi>
                  </Cell>
                  <Cell>{numberText(language, option.count)}</Cell>
                  <Cell>
                    <span class="share">
                      <svg
                        class="progress-bar"
                        viewBox="0 0 1000 10"
                        preserveAspectRatio="none"
                        aria-hidden="true"
                      >
                        <rect class="step-done" width={share * 1000} height="10" />
                      </svg>
                      {numberText(language, share, { style: "percent" })}
                    </span>
                  </Cell>
                </Row>
              );
            })}
          </Table>
        </div>
      ))}
      <p>
        <a href={`/api/v1/commands/${commandId}/answers.csv`} download="">{words.csv}</a>
      </p>
    </section>
  );
}
