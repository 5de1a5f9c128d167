import { SelectField } from "../../../components/Field.tsx";
import { CategoryFields, RequiresFields, TimeFields, WhatFields } from "../../../components/SendFields.tsx";
import { Filled, useLanguage, useWords } from "../../../components/words.tsx";
import Attach from "../../../islands/Attach.tsx";
import Format, { Count } from "../../../islands/Format.tsx";
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
  /** The times that are filled in are meant in the form's zone, whichever the browser has. */
  zoneStays?: boolean;
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

/** The rows of the sheet that both forms for a new command have, whoever it is for. */
export function CommandSections({ typed, errors, categories, attach, zoneStays = false }: SectionsProps) {
  const words = useWords("send");
  const language = useLanguage();
  const isTimed = typed.timed || ["dueAt", "deliverAt", "expiresAt"].some((name) => name in errors);
  return (
    <>
      <WhatFields
        typed={typed}
        errors={errors}
        tools={{
          title: <Count most={limits.title} words={someWords(language, ["inputs"])} />,
          body: (
            <>
              <Count most={limits.body} words={someWords(language, ["inputs"])} />
              <Format words={someWords(language, ["inputs"])} />
            </>
          ),
        }}
      />
      <div class="compose-row">
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
      </div>
      <CategoryFields typed={typed} errors={errors} categories={categories} />
      <RequiresFields typed={typed} errors={errors} />
      <details class="compose-row compose-times" open={isTimed}>
        <summary>{words.times}</summary>
        <div class="stack">
          {zoneStays
            ? (
              <p class="hint">
                <input type="hidden" name="zone" value={typed.zone} />
                <Filled text={useWords("inputs").timesIn} zone={typed.zone.replaceAll("_", " ")} />
              </p>
            )
            : <TimeZone zone={typed.zone} words={someWords(language, ["inputs"])} />}
          <TimeFields typed={typed} errors={errors} />
        </div>
      </details>
    </>
  );
}
