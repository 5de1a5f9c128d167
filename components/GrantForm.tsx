import {
  hoursChoice,
  hoursText,
  kindsText,
  type OfferedHours,
  offeredHours,
  offeredKinds,
  offeredNumbers,
} from "../lib/text/grants.ts";
import type { Category, Grant } from "../lib/protocol/mod.ts";
import { Check, Choice, Group, TextField } from "./Field.tsx";
import { Time } from "./Time.tsx";
import { Filled, useLanguage, useWords } from "./words.tsx";

interface GrantFormProps {
  /** As it is in force, or as a link proposes it. */
  grant: Partial<Grant>;
  name: string;
  categories: readonly Category[];
  /** The form field of a slug. */
  fieldOf: (slug: string) => string;
  /** A person, who can be accepted and shown the rules. */
  isPerson: boolean;
  errors: Record<string, string>;
}

/** The rules for one person or group (CO-12). Each answer is one tap, and nothing needs a script. */
export function GrantForm({ grant, name, categories, fieldOf, isPerson, errors }: GrantFormProps) {
  const words = useWords("grants");
  const language = useLanguage();
  const chosen = hoursChoice(grant.hours);
  return (
    <>
      <section class="panel" aria-labelledby="rule-categories">
        <h2 id="rule-categories">{words.categories}</h2>
        {categories.map(({ slug, title }) => (
          <Segments
            key={slug}
            name={fieldOf(slug)}
            legend={title}
            value={grant.categories?.[slug] ?? ""}
            options={[["", words.general], ["allow", words.allow], ["ask", words.ask], [
              "block",
              words.block,
            ]]}
          />
        ))}
        {isPerson
          ? (
            <Check
              name="accept"
              label={<Filled text={words.accept} name={<bdi>{name}</bdi>} />}
              checked={grant.accept === true}
            />
          )
          : null}
      </section>
      <section class="panel">
        <Kinds kinds={grant.kinds} error={errors.kinds} />
        <Numbers perDay={grant.perDay} open={grant.open} errors={errors} general={words.general} />
      </section>
      <section class="panel">
        <Segments
          name="hours"
          legend={words.hours}
          value={chosen}
          options={[
            ["", words.general],
            ...(Object.keys(offeredHours) as OfferedHours[]).map((one) => [one, words[one]] as const),
            ["own", words.ownHours] as const,
            ...(chosen === "keep"
              ? [
                [
                  "keep",
                  <Filled
                    key="keep"
                    text={words.keepHours}
                    hours={hoursText(words, language, grant.hours!)}
                  />,
                ] as const,
              ]
              : []),
          ]}
          error={errors.hours}
        />
        <div class="grid-2">
          <TextField name="hoursFrom" label={words.from} type="time" value="20:00" />
          <TextField name="hoursTo" label={words.to} type="time" value="21:00" />
        </div>
        <Segments
          name="until"
          legend={words.until}
          value={grant.until ? "keep" : ""}
          options={[
            ["", words.forever],
            ["today", words.today],
            ["sunday", words.sunday],
            ["week", words.week],
            ["date", words.date],
            ...(grant.until
              ? [
                [
                  "keep",
                  <Filled key="keep" text={words.keepUntil} time={<Time value={grant.until} />} />,
                ] as const,
              ]
              : []),
          ]}
          error={errors.until}
        />
        <TextField name="untilDate" label={words.lastDay} type="date" class="input-short" />
        {isPerson
          ? (
            <Check
              name="shown"
              label={<Filled text={words.shown} name={<bdi>{name}</bdi>} />}
              hint={words.shownHint}
              checked={grant.shown === true}
            />
          )
          : null}
      </section>
    </>
  );
}

export function Kinds(
  { kinds, error }: { kinds: readonly string[] | null | undefined; error: string | undefined },
) {
  const words = useWords("grants");
  return (
    <Group name="kinds" class="segments" legend={words.kinds} hint={words.kindsHint} error={error}>
      {offeredKinds.map((kind) => (
        <Check
          key={kind}
          name="kind"
          value={kind}
          label={kindsText(words, kind)}
          checked={kinds?.includes(kind) ?? false}
        />
      ))}
    </Group>
  );
}

interface NumbersProps {
  perDay: number | null | undefined;
  open: number | null | undefined;
  errors: Record<string, string>;
  /** What no number a day means. */
  general: string;
}

export function Numbers({ perDay, open, errors, general }: NumbersProps) {
  const words = useWords("grants");
  const options = (none: string, value: number | null | undefined) => {
    const numbers = new Set<number>([...offeredNumbers, ...(typeof value === "number" ? [value] : [])]);
    return [["", none] as const, ...[...numbers].map((one) => [String(one), String(one)] as const)];
  };
  return (
    <>
      <Segments
        name="perDay"
        legend={words.perDay}
        value={String(perDay ?? "")}
        options={options(general, perDay)}
        error={errors.perDay}
      />
      <Segments
        name="open"
        legend={words.open}
        hint={words.openHint}
        value={String(open ?? "")}
        options={options(words.noNumber, open)}
        error={errors.open}
      />
    </>
  );
}

/** One of a few short answers, side by side. */
export function Segments(props: Parameters<typeof Choice>[0]) {
  return <Choice {...props} class="segments" />;
}
