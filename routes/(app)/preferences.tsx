import { type Context, page } from "fresh";
import { PageHead } from "../../components/PageHead.tsx";
import { CategoryTable } from "../../components/CategoryTable.tsx";
import { AreaField, Check, Choice, FieldError, TextField } from "../../components/Field.tsx";
import { Notice, ProblemNotice } from "../../components/Notice.tsx";
import { Filled, useWords } from "../../components/words.tsx";
import { definePerson, type PersonState } from "../../lib/web/define.ts";
import { problemOf, readForm } from "../../lib/web/forms/form.ts";
import { refusedPage, seeOther, zoneOf } from "../../lib/web/pages.ts";
import {
  categoryField,
  changeOf,
  preferenceNames,
  shownPreferences,
  type TypedPreferences,
  typedPreferences,
} from "../../lib/web/forms/preferences.ts";
import { type Category, checked, methods, Refusal } from "../../lib/protocol/mod.ts";
import type { Words } from "../../lib/words/mod.ts";

export const handler = definePerson.handlers({
  async GET(ctx) {
    const preferences = await ctx.state.services.preferences.get(ctx.state.caller);
    return page({ ...await surroundings(ctx), typed: shownPreferences(preferences), problem: null });
  },
  async POST(ctx) {
    const form = await readForm(ctx.req);
    const change = form instanceof Refusal
      ? form
      : checked(methods["preferences.set"].params, changeOf(form));
    const done = change instanceof Refusal
      ? change
      : await ctx.state.services.preferences.set(ctx.state.caller, change);
    if (!(done instanceof Refusal)) return seeOther("/preferences?notice=saved");
    const typed = form instanceof Refusal ? null : typedPreferences(form);
    return page(
      { ...await surroundings(ctx), typed, problem: problemOf(done, ctx.state.language, preferenceNames) },
      refusedPage(done),
    );
  },
});

async function surroundings(ctx: Context<PersonState>) {
  return { ...await ctx.state.services.categories.list(), zone: await zoneOf(ctx) };
}

const senders = (words: Words["preferences"]) =>
  [
    ["nobody", words.nobody, words.nobodyHint],
    ["contacts", words.contacts, words.contactsHint],
    ["groups", words.groups, words.groupsHint],
    ["anyone", words.anyone, words.anyoneHint],
  ] as const;

export default definePerson.page<typeof handler>(function PreferencesPage({ data, url }) {
  const words = useWords("preferences");
  const saved = data.problem === null && url.searchParams.get("notice") === "saved";
  return (
    <>
      <PageHead title={words.title} lead={words.lead} />
      {saved ? <Notice>{words.saved}</Notice> : null}
      <ProblemNotice problem={data.problem} />
      <p>
        <a href="/preferences/reach">{useWords("reach").link}</a>
      </p>
      {data.typed === null
        ? (
          <p>
            <a class="button" href="/preferences">{words.loadAgain}</a>
          </p>
        )
        : (
          <PreferencesForm
            typed={data.typed}
            categories={data.categories}
            zone={data.zone}
            errors={data.problem?.fields ?? {}}
          />
        )}
    </>
  );
});

interface FormProps {
  typed: TypedPreferences;
  categories: Category[];
  /** IANA name, of the person's profile. */
  zone: string;
  errors: Record<string, string>;
}

function PreferencesForm({ typed, categories, zone, errors }: FormProps) {
  const words = useWords("preferences");
  return (
    <form class="form" method="post" action="/preferences">
      <section class="panel" aria-label={words.who}>
        <Choice
          name="acceptFrom"
          legend={words.acceptFrom}
          error={errors.acceptFrom}
          value={typed.acceptFrom}
          options={senders(words)}
        />
        <Check
          name="broadcasts"
          label={words.broadcasts}
          hint={words.broadcastsHint}
          checked={typed.broadcasts}
        />
        <Check
          name="shareLimits"
          label={words.shareLimits}
          hint={words.shareLimitsHint}
          checked={typed.shareLimits}
        />
        {/* An unticked box sends nothing: this tells it from a form without the box. */}
        <input type="hidden" name="shareOnline" value="no" />
        <Check
          name="shareOnline"
          label={words.shareOnline}
          hint={words.shareOnlineHint}
          checked={typed.shareOnline}
        />
        <AreaField
          name="blockedUsers"
          label={words.blocked}
          hint={words.blockedHint}
          value={typed.blockedUsers}
          error={errors.blockedUsers}
          rows={3}
        />
      </section>
      <CategoryChoices typed={typed} categories={categories} error={errors.categories} />
      <section class="panel" aria-labelledby="when">
        <h2 id="when">{words.when}</h2>
        <p class="hint">
          <Filled
            text={words.whenHint}
            zone={<strong>{zone.replaceAll("_", " ")}</strong>}
            profile={<a href="/profile">{words.profileZone}</a>}
          />
        </p>
        <Check
          name="quiet"
          label={words.quiet}
          hint={words.quietHint}
          checked={typed.quiet}
        />
        <div class="grid-2">
          <TextField
            name="quietFrom"
            label={words.from}
            type="time"
            value={typed.quietFrom}
            error={errors.quietFrom}
          />
          <TextField
            name="quietTo"
            label={words.to}
            type="time"
            value={typed.quietTo}
            error={errors.quietTo}
          />
        </div>
        <TextField
          name="dailyLimit"
          label={words.dailyLimit}
          hint={words.dailyLimitHint}
          class="input-short"
          inputMode="numeric"
          value={typed.dailyLimit}
          error={errors.dailyLimit}
          autocomplete="off"
        />
      </section>
      <div class="savebar">
        <button type="submit" class="button button-main">{words.save}</button>
      </div>
    </form>
  );
}

interface CategoryChoicesProps {
  typed: TypedPreferences;
  categories: Category[];
  error: string | undefined;
}

function CategoryChoices({ typed, categories, error }: CategoryChoicesProps) {
  return (
    <section class="panel" aria-labelledby="categories">
      <h2 id="categories">{useWords("preferences").about}</h2>
      <FieldError name="categories" error={error} />
      <CategoryTable categories={categories} chosen={typed.categories} fieldOf={categoryField} />
    </section>
  );
}
