import { listText } from "../lib/text/commands.ts";
import { kindsText, offeredKinds } from "../lib/text/grants.ts";
import { type Outcome, outcomeReason, outcomeWord } from "../lib/text/reach.ts";
import { fill } from "../lib/words/shape.ts";
import { Cell, Row, Table } from "./Table.tsx";
import { useLanguage, useWords } from "./words.tsx";

interface ReachTableProps {
  /** For each category the outcome for each of the offered kinds. */
  table: readonly { slug: string; outcomes: readonly Outcome[] }[];
}

/** What becomes of commands from one source, in a sentence and a table. */
export function ReachTable({ table }: ReachTableProps) {
  const words = useWords("reach");
  const kinds = useWords("grants");
  const language = useLanguage();
  const all = table.flatMap(({ outcomes }) => outcomes);
  const came = (outcomes: readonly Outcome[]) => outcomes.some(({ verdict }) => verdict !== "withhold");
  const reaching = table.filter(({ outcomes }) => came(outcomes)).map(({ slug }) => slug);
  const held = all.find(({ verdict }) => verdict === "hold");
  const sentence = reaching.length === 0
    ? words.noneArrive
    : held !== undefined && all.every(({ verdict }) => verdict !== "deliver")
    ? fill(words.allWait, { rule: outcomeReason(words, held) })
    : all.every(({ verdict }) => verdict === "deliver")
    ? words.allArrive
    : fill(words.someArrive, { categories: listText(language, reaching) });
  return (
    <>
      <p class="private">{sentence}</p>
      <Table label={words.answers} heads={[words.category, words.outcome, words.why]}>
        {table.flatMap(({ slug, outcomes }) => {
          const alike = Map.groupBy(
            outcomes.map((outcome, at) => ({ outcome, kind: offeredKinds[at]! })),
            ({ outcome }) => `${outcomeWord(words, outcome)} ${outcomeReason(words, outcome)}`,
          );
          return [...alike.values()].map((some) => {
            const { outcome } = some[0]!;
            const names = some.map(({ kind }) => kindsText(kinds, kind));
            return (
              <Row key={`${slug} ${some[0]!.kind}`}>
                <Cell>
                  <strong class="private">{slug}</strong>
                  {alike.size === 1 ? null : <span class="hint">{listText(language, names)}</span>}
                </Cell>
                <Cell>{outcomeWord(words, outcome)}</Cell>
                <Cell>
                  <span class="soft small">{sentenceCase(outcomeReason(words, outcome))}</span>
                </Cell>
              </Row>
            );
          });
        })}
      </Table>
    </>
  );
}

/** Reasons stand after a colon elsewhere. */
function sentenceCase(text: string): string {
  return text.charAt(0).toLocaleUpperCase() + text.slice(1);
}
