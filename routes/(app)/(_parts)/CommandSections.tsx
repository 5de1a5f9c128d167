import { SelectField } from "../../../components/Field.tsx";
import { CategoryFields, RequiresFields, TimeFields, WhatFields } from "../../../components/SendFields.tsx";
import { useLanguage, useWords } from "../../../components/words.tsx";
import Attach from "../../../islands/Attach.tsx";
import TimeZone from "../../../islands/TimeZone.tsx";
import type { attachChoice } from "../../../lib/web/forms/attachments.ts";
import type { TypedSend } from "../../../lib/web/forms/send.ts";
import { type Category, limits } from "../../../lib/protocol/mod.ts";
import { fill, someWords } from "../../../lib/words/mod.ts";

interface SectionsProps {
  typed: TypedSend;
  errors: Record<string, string>;
  categories: Category[];
  attach: Awaited<ReturnType<typeof attachChoice>>;
}

/** Whom a command to a category is for. Styles show it when that audience is chosen. */
export function AudienceCategory(
  { typed, errors, categories, label }: Omit<SectionsProps, "attach"> & { label: string },
) {
  return (
    <div class="only-category">
      <SelectField
        name="audienceCategory"
        label={label}
        value={typed.audienceCategory}
        error={errors.audienceCategory}
        options={categories.map(({ slug, title }) => [slug, title])}
      />
    </div>
  );
}

/** What both forms for a new command ask, whoever it is for: what it says, its files, its categories and its times. */
export function CommandSections({ typed, errors, categories, attach }: SectionsProps) {
  const words = useWords("send");
  const language = useLanguage();
  const isTimed = typed.timed ||
    ["dueAt", "deliverAt", "expiresAt", "requires"].some((name) => name in errors);
  return (
    <>
      <section class="panel" aria-label={words.what}>
        <WhatFields typed={typed} errors={errors} />
      </section>
      <section class="panel" aria-label={words.files}>
        <Attach
          {...attach}
          name="attachments"
          id="attachments"
          legend={words.files}
          hint={fill(useWords("upload").attachHint, { count: limits.attachments })}
          most={limits.attachments}
          error={errors.attachments}
          words={someWords(language, ["file", "upload"])}
        />
      </section>
      <section class="panel" aria-label={words.categories}>
        <CategoryFields typed={typed} errors={errors} categories={categories} />
      </section>
      <details class="panel" open={isTimed}>
        <summary>
          <h2>{words.timesAndAnswers}</h2>
        </summary>
        <div class="stack">
          <TimeZone zone={typed.zone} words={someWords(language, ["inputs"])} />
          <TimeFields typed={typed} errors={errors} />
          <RequiresFields typed={typed} errors={errors} />
        </div>
      </details>
    </>
  );
}
