import { whyText } from "../lib/text/why.ts";
import type { DeliveredCommand } from "../lib/protocol/mod.ts";
import { useCategoryTitle } from "./category_titles.tsx";
import { Filled, useLanguage, useWords } from "./words.tsx";

type Sent = Pick<DeliveredCommand, "id" | "from" | "categories">;

/** CO-8: which of the person's own rules let a command through. CO-12, MO-1: the ways to rules for its sender and to a report. */
export function Why({ rule, command }: { rule: string; command?: Sent }) {
  const words = useWords("command");
  const language = useLanguage();
  const titleOf = useCategoryTitle();
  return (
    <details class="small">
      <summary>{words.why}</summary>
      <p>
        {whyText(words, language, rule, titleOf) ?? <Filled text={words.byRule} rule={<code>{rule}</code>} />}
      </p>
      {command === undefined || /^self;|^server$/.test(rule) ? null : <RulesLinks {...command} />}
    </details>
  );
}

function RulesLinks({ id, from, categories }: Sent) {
  const words = useWords("command");
  // Usernames and slugs need no encoding, nor do the commas that an array is written with.
  const path = `/contacts/${from.username}`;
  return (
    <p class="row">
      <a href={`${path}?more=${categories}`}>
        <Filled text={words.moreOf} name={<bdi class="private">{from.displayName}</bdi>} />
      </a>
      <a href={`${path}?less=${categories}`}>{words.lessOf}</a>
      <a href={`/report?command=${id}`}>{words.report}</a>
    </p>
  );
}
