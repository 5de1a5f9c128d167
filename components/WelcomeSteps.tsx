import type { ComponentChildren } from "preact";
import type { Category } from "../lib/protocol/mod.ts";
import { CategoryTable } from "./CategoryTable.tsx";
import { Check, Choice, FieldError, TextField } from "./Field.tsx";
import { useWords } from "./words.tsx";

interface LimitsProps {
  chosen: Readonly<Record<string, string>>;
  categories: readonly Category[];
  fieldOf: (slug: string) => string;
  error: string | undefined;
}

/** The first step: what it may be about. */
export function LimitsStep({ chosen, categories, fieldOf, error }: LimitsProps) {
  const words = useWords("welcome");
  return (
    <section class="panel" aria-labelledby="step-title">
      <h2 id="step-title">{words.limitsTitle}</h2>
      <p>{words.limits}</p>
      <FieldError name="categories" error={error} />
      <CategoryTable categories={categories} chosen={chosen} fieldOf={fieldOf} />
    </section>
  );
}

interface WhoProps {
  acceptFrom: string;
  broadcasts: boolean;
  error: string | undefined;
}

/** The second step: who may send. */
export function WhoStep({ acceptFrom, broadcasts, error }: WhoProps) {
  const words = useWords("welcome");
  const choices = useWords("preferences");
  const senders = [
    ["nobody", choices.nobody, choices.nobodyHint],
    ["contacts", choices.contacts, choices.contactsHint],
    ["groups", choices.groups, choices.groupsHint],
    ["anyone", choices.anyone, choices.anyoneHint],
  ] as const;
  return (
    <section class="panel" aria-labelledby="step-title">
      <h2 id="step-title">{words.whoTitle}</h2>
      <p>{words.who}</p>
      <Choice
        name="acceptFrom"
        legend={choices.acceptFrom}
        error={error}
        value={acceptFrom}
        options={senders}
      />
      <Check
        name="broadcasts"
        label={choices.broadcasts}
        hint={choices.broadcastsHint}
        checked={broadcasts}
      />
    </section>
  );
}

interface WhenProps {
  quiet: boolean;
  from: string;
  to: string;
  errors: Readonly<Record<string, string>>;
  /** Says in which zone the times are meant, and tells it to the server. */
  timeZone: ComponentChildren;
}

/** The third step: when nothing may come. */
export function WhenStep({ quiet, from, to, errors, timeZone }: WhenProps) {
  const words = useWords("welcome");
  const choices = useWords("preferences");
  return (
    <section class="panel" aria-labelledby="step-title">
      <h2 id="step-title">{words.whenTitle}</h2>
      <p>{words.when}</p>
      <Check name="quiet" label={choices.quiet} hint={choices.quietHint} checked={quiet} />
      <div class="grid-2">
        <TextField
          name="quietFrom"
          label={choices.from}
          type="time"
          value={from}
          error={errors.quietFrom}
        />
        <TextField name="quietTo" label={choices.to} type="time" value={to} error={errors.quietTo} />
      </div>
      <div>
        {timeZone}
        <p class="hint">{words.zone}</p>
        <FieldError name="zone" error={errors.timeZone} />
      </div>
    </section>
  );
}
