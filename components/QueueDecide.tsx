import type { QueueDetail, QueueItem, SanctionReason } from "../lib/protocol/mod.ts";
import { decisionDays, type TypedDecision } from "../lib/text/mod.ts";
import { fill, plural } from "../lib/words/mod.ts";
import { AreaField, SelectField } from "./Field.tsx";
import { useLanguage, useWords } from "./words.tsx";

interface QueueDecideProps {
  item: QueueItem;
  rule: QueueDetail["rule"];
  action: string;
  reasons: readonly SanctionReason[];
  typed: TypedDecision;
  errors: Record<string, string>;
}

/** The decision about one item. Every button is an outcome; the text has the one reason. */
export function QueueDecide(props: QueueDecideProps) {
  const { item, action } = props;
  const words = useWords("queue");
  return (
    <form class="queue-decide form" method="post" action={action} data-key="e" aria-label={words.decide}>
      {item.kind === "report"
        ? <ReportDecision {...props} />
        : item.kind === "removal"
        ? <RemovalDecision {...props} />
        : <PlainDecision {...props} />}
    </form>
  );
}

function ReportDecision({ item, rule, reasons, typed, errors }: QueueDecideProps) {
  const words = useWords("queue");
  const language = useLanguage();
  const kinds = ["warn", "mute", "limit", "suspend"] as const;
  return (
    <>
      {item.user === null ? null : (
        <>
          <fieldset class="segments">
            <legend>{words.sanctions}</legend>
            {kinds.map((kind, at) => (
              <label key={kind} class="check">
                <input
                  type="checkbox"
                  name="sanction"
                  value={kind}
                  checked={typed.sanctions.includes(kind)}
                  data-key={String(at + 1)}
                />
                <span>{words[kind]}</span>
              </label>
            ))}
          </fieldset>
          <div class="row">
            <SelectField
              name="days"
              label={words.howLong}
              class="input-short"
              value={typed.days}
              options={decisionDays.map((days) =>
                [
                  String(days),
                  days === 0 ? words.noEnd : plural(language, words.days, days, { count: days }),
                ] as const
              )}
            />
            <SelectField
              name="template"
              label={words.template}
              value={typed.template}
              options={[
                ...reasons.map(({ title }, at) => [String(at), title] as const),
                ["", words.ownText] as const,
              ]}
            />
          </div>
        </>
      )}
      {rule === null ? null : (
        <p class="notice notice-warn">
          {fill(rule.dryRun ? words.ruleDry : words.ruleMet, {
            upheld: String(rule.upheld),
            days: String(rule.days),
            sanction: words[rule.sanction],
            lasts: plural(language, words.days, rule.lastsDays, { count: rule.lastsDays }),
          })}
        </p>
      )}
      <AreaField
        name="text"
        label={item.user === null ? words.why : words.text}
        hint={item.user === null ? words.whyHint : words.textHint}
        value={typed.text}
        error={errors.text}
        rows={2}
      />
      <div class="row">
        {item.user === null
          ? (
            <button type="submit" class="button button-main" name="action" value="upheld">
              {words.upheld}
            </button>
          )
          : (
            <button type="submit" class="button button-main" name="action" value="apply">
              {words.apply} <kbd>e</kbd>
            </button>
          )}
        <button type="submit" class="button" name="action" value="dismiss">{words.dismiss}</button>
        <button type="submit" class="button" name="action" value="fine">{words.fine}</button>
        {item.user === null
          ? null
          : (
            <button type="submit" class="button button-quiet" name="action" value="second">
              {words.askSecond}
            </button>
          )}
        <button type="submit" class="button button-quiet" name="action" value="bad">{words.badFaith}</button>
      </div>
    </>
  );
}

function PlainDecision({ item, typed, errors }: QueueDecideProps) {
  const words = useWords("queue");
  const [yes, no] = item.kind === "appeal"
    ? [["grant", words.grant], ["refuse", words.refuse]] as const
    : [["releaseFile", words.releaseFile], ["rejectFile", words.rejectFile]] as const;
  return (
    <>
      <input type="hidden" name="template" value="" />
      <AreaField
        name="text"
        label={words.why}
        hint={item.kind === "appeal" ? words.appealHint : words.whyHint}
        value={typed.text}
        error={errors.text}
        rows={3}
      />
      <div class="row">
        <button type="submit" class="button button-main" name="action" value={yes[0]}>{yes[1]}</button>
        <button type="submit" class="button" name="action" value={no[0]}>{no[1]}</button>
      </div>
    </>
  );
}

/** MO-8. */
function RemovalDecision({ typed, errors }: QueueDecideProps) {
  const words = useWords("queue");
  return (
    <>
      <input type="hidden" name="template" value="" />
      <AreaField
        name="text"
        label={words.text}
        hint={words.removalHint}
        value={typed.text}
        error={errors.text}
        rows={2}
      />
      <p class="hint">{words.removeFinal}</p>
      <div class="row">
        <button type="submit" class="button button-main" name="action" value="remove">
          {words.removeAll}
        </button>
        <button type="submit" class="button" name="action" value="keep">{words.keepAll}</button>
        <button type="submit" class="button button-quiet" name="action" value="falseRequest">
          {words.falseRequest}
        </button>
      </div>
    </>
  );
}
