import { fill } from "../lib/words/shape.ts";
import { AreaField, Check, SelectField, TextField } from "./Field.tsx";
import { useWords } from "./words.tsx";

type Errors = Readonly<Record<string, string>>;

interface ReasonFormProps {
  rows: readonly { title: string; text: string }[];
  errors: Errors;
}

/** MO-7: the reasons that moderators choose from. The last row is for another one. */
export function ReasonForm({ rows, errors }: ReasonFormProps) {
  const words = useWords("sanctionRules");
  return (
    <form class="form" method="post" action="/admin/sanctions">
      <p class="hint">{words.emptyHint}</p>
      {rows.map(({ title, text }, at) => (
        <fieldset key={at}>
          <legend>
            {title === "" && text === "" ? words.newReason : fill(words.reason, { number: at + 1 })}
          </legend>
          <TextField
            name={`title-${at}`}
            label={words.reasonTitle}
            value={title}
            error={errors[`title-${at}`]}
            autocomplete="off"
          />
          <AreaField
            name={`text-${at}`}
            label={words.reasonText}
            value={text}
            error={errors[`text-${at}`]}
            rows={2}
          />
        </fieldset>
      ))}
      <div>
        <button type="submit" class="button button-main" name="action" value="reasons">
          {words.saveReasons}
        </button>
      </div>
    </form>
  );
}

interface RuleFormProps {
  rows: readonly { upheld: string; days: string; sanction: string; lastsDays: string; dryRun: boolean }[];
  errors: Errors;
}

/** MO-2: rules that add a sanction to a decision. The last row is for another one. */
export function RuleForm({ rows, errors }: RuleFormProps) {
  const words = useWords("sanctionRules");
  return (
    <form class="form" method="post" action="/admin/sanctions">
      <p class="hint">{words.ruleEmptyHint}</p>
      {rows.map(({ sanction, dryRun, ...row }, at) => (
        <fieldset key={at}>
          <legend>{row.upheld === "" ? words.newRule : fill(words.rule, { number: at + 1 })}</legend>
          <div class="filter">
            {(["upheld", "days", "lastsDays"] as const).map((name) => (
              <TextField
                key={name}
                name={`${name}-${at}`}
                label={words[name]}
                value={row[name]}
                error={errors[`${name}-${at}`]}
                inputMode="numeric"
                autocomplete="off"
              />
            ))}
            <SelectField
              name={`sanction-${at}`}
              label={words.sanction}
              value={sanction}
              error={errors[`sanction-${at}`]}
              options={[["mute", words.mute], ["limit", words.limit]]}
            />
          </div>
          <Check name={`dryRun-${at}`} label={words.dryRun} checked={dryRun} />
        </fieldset>
      ))}
      <div>
        <button type="submit" class="button button-main" name="action" value="rules">
          {words.saveRules}
        </button>
      </div>
    </form>
  );
}
