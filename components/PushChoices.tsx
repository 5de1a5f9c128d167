import { pushLimits } from "../lib/protocol/push_limits.ts";
import { pushActions, type PushChoices as Choices, pushLevels, pushTopics } from "../lib/protocol/push.ts";
import { type Named, usual } from "../lib/text/push.ts";
import { Check, Choice, SelectField, TextField } from "./Field.tsx";
import { useWords } from "./words.tsx";

interface PushChoicesProps {
  choices: Choices;
  contacts: Named;
  groups: Named;
  errors: Readonly<Record<string, string>>;
}

/** How loudly devices tell of what, and how much they say (UI-12). */
export function PushChoices({ choices, contacts, groups, errors }: PushChoicesProps) {
  const words = useWords("notifications");
  const pushed = useWords("pushed");
  const levels = pushLevels.map((level) => [level, words.levels[level]] as const);
  const actions = pushActions.map((action) => [action, pushed[action]] as const);
  return (
    <form class="form" method="post" action="/notifications">
      <section class="panel stack" aria-labelledby="how">
        <h2 id="how">{words.how}</h2>
        <p class="hint">{words.levelsHint}</p>
        <div class="grid-2">
          {pushTopics.map((topic) => (
            <SelectField
              key={topic}
              name={`topic-${topic}`}
              label={topic === "other" ? words.topics.foreign : words.topics[topic]}
              value={choices.topics[topic]}
              options={levels}
            />
          ))}
        </div>
        <NamedLevels what="contact" legend={words.contacts} add={words.addContact} named={contacts} />
        <NamedLevels what="group" legend={words.groups} add={words.addGroup} named={groups} />
        <fieldset>
          <legend>{words.again}</legend>
          <p class="hint">{words.againHint}</p>
          <div class="grid-2">
            <TextField
              name="minutes"
              label={words.minutes}
              type="number"
              min={1}
              max={pushLimits.pushAgainMinutes}
              value={choices.again.minutes}
              error={errors.again}
              required
            />
            <TextField
              name="times"
              label={words.times}
              type="number"
              min={1}
              max={pushLimits.pushAgainTimes}
              value={choices.again.times}
              required
            />
          </div>
        </fieldset>
      </section>
      <section class="panel stack" aria-label={words.says}>
        <Choice
          name="says"
          legend={words.says}
          value={choices.says}
          error={errors.says}
          options={[
            ["kind", words.sayKind, words.sayKindHint],
            ["count", words.sayCount, words.sayCountHint],
            ["name", words.sayName, words.sayNameHint],
          ]}
        />
        <fieldset>
          <legend>{words.buttons}</legend>
          <p class="hint">{words.buttonsHint}</p>
          <div class="grid-2">
            <SelectField
              name="first"
              label={words.first}
              value={choices.buttons[0] ?? "accept"}
              options={actions}
            />
            <SelectField
              name="second"
              label={words.second}
              value={choices.buttons[1] ?? "stop"}
              options={actions}
            />
          </div>
          <Check
            name="options"
            label={words.options}
            hint={words.optionsHint}
            checked={choices.options}
          />
        </fieldset>
      </section>
      <p class="savebar">
        <button type="submit" class="button button-main" name="action" value="choose">{words.save}</button>
      </p>
    </form>
  );
}

interface NamedLevelsProps {
  what: "contact" | "group";
  legend: string;
  add: string;
  named: Named;
}

function NamedLevels({ what, legend, add, named: { own, others } }: NamedLevelsProps) {
  const words = useWords("notifications");
  const levels = pushLevels.map((level) => [level, words.levels[level]] as const);
  if (own.length + others.length === 0) return null;
  const asUsual = [usual, words.usual] as const;
  const none = ["", words.choose] as const;
  return (
    <fieldset>
      <legend>{legend}</legend>
      {own.length === 0 ? null : (
        <div class="grid-2">
          {own.map(({ name, label, level }) => (
            <SelectField
              key={name}
              name={`${what}-${name}`}
              label={label}
              value={level}
              options={[asUsual, ...levels]}
            />
          ))}
        </div>
      )}
      {others.length === 0 ? null : (
        <div class="grid-2">
          <SelectField
            name={what}
            label={add}
            value=""
            options={[none, ...others.map(({ name, label }) => [name, label] as const)]}
          />
          <SelectField
            name={`${what}Level`}
            label={words.level}
            value={usual}
            options={[asUsual, ...levels]}
          />
        </div>
      )}
    </fieldset>
  );
}
