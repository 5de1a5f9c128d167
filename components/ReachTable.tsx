import { listText } from "../lib/text/commands.ts";
import { kindsText, offeredKinds, titlesOf } from "../lib/text/grants.ts";
import { outcomeReason, outcomeWord, reachSentence, type ReachTable as Rows } from "../lib/text/reach.ts";
import { Cell, Row, Table } from "./Table.tsx";
import { useLanguage, useWords } from "./words.tsx";

interface ReachTableProps {
  table: Rows;
}

/** What becomes of commands from one source, in a sentence and a table. */
export function ReachTable({ table }: ReachTableProps) {
  const words = useWords("reach");
  const kinds = useWords("grants");
  const language = useLanguage();
  const titles = titlesOf(table);
  return (
    <>
      <p class="private">{reachSentence(words, language, table)}</p>
      <Table label={words.answers} heads={[words.category, words.outcome, words.why]}>
        {table.flatMap(({ slug, title, outcomes }) => {
          const alike = Map.groupBy(
            outcomes.map((outcome, at) => ({ outcome, kind: offeredKinds[at]! })),
            ({ outcome }) => `${outcomeWord(words, outcome)} ${outcomeReason(words, outcome, titles)}`,
          );
          return [...alike.values()].map((some) => {
            const { outcome } = some[0]!;
            const names = some.map(({ kind }) => kindsText(kinds, kind));
            return (
              <Row key={`${slug} ${some[0]!.kind}`}>
                <Cell>
                  <strong class="private">{title}</strong>
                  {alike.size === 1 ? null : <span class="hint">{listText(language, names)}</span>}
                </Cell>
                <Cell>{outcomeWord(words, outcome)}</Cell>
                <Cell>
                  <span class="soft small">{sentenceCase(outcomeReason(words, outcome, titles))}</span>
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
