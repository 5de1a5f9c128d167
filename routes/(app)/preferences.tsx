import { type Context, page } from "fresh";
import { CategoryTable } from "../../components/CategoryTable.tsx";
import { AreaField, Check, FieldError, Group, TextField } from "../../components/Field.tsx";
import { Notice, ProblemNotice } from "../../components/Notice.tsx";
import { define, type State } from "../../lib/define.ts";
import { problemOf, readForm, refusedPage, seeOther } from "../../lib/forms.ts";
import { callerOf } from "../../lib/page_caller.ts";
import { zoneOf } from "../../lib/page_zone.ts";
import {
  categoryField,
  changeOf,
  preferenceNames,
  shownPreferences,
  type TypedPreferences,
  typedPreferences,
} from "../../lib/preferences_form.ts";
import { type Category, checked, methods, Refusal } from "../../lib/protocol/mod.ts";

export const handler = define.handlers({
  async GET(ctx) {
    const preferences = await ctx.state.services.preferences.get(callerOf(ctx.state), {});
    if (preferences instanceof Refusal) {
      return page(
        { ...await surroundings(ctx), typed: null, problem: problemOf(preferences) },
        refusedPage(preferences),
      );
    }
    return page({ ...await surroundings(ctx), typed: shownPreferences(preferences), problem: null });
  },
  async POST(ctx) {
    const form = await readForm(ctx.req);
    const change = form instanceof Refusal
      ? form
      : checked(methods["preferences.set"].params, changeOf(form));
    const done = change instanceof Refusal
      ? change
      : await ctx.state.services.preferences.set(callerOf(ctx.state), change);
    if (!(done instanceof Refusal)) return seeOther("/preferences?notice=saved");
    const typed = form instanceof Refusal ? null : typedPreferences(form);
    return page(
      { ...await surroundings(ctx), typed, problem: problemOf(done, preferenceNames) },
      refusedPage(done),
    );
  },
});

async function surroundings(ctx: Context<State>) {
  return { ...await ctx.state.services.categories.list(), zone: await zoneOf(ctx) };
}

const senders = [
  ["nobody", "Nobody", "No command that is sent to you alone reaches you."],
  ["contacts", "My contacts", "Only people whom you accepted as contacts."],
  ["groups", "My contacts and groups", "Also everybody who is in a group with you."],
  ["anyone", "Anyone here", "Everybody with an account on this server."],
] as const;

export default define.page<typeof handler>(function PreferencesPage({ data, url }) {
  const saved = data.problem === null && url.searchParams.get("notice") === "saved";
  return (
    <>
      <div class="page-head">
        <h1>Preferences</h1>
        <p class="lead">
          These hold for everything that is sent to you, whoever sends it, and only you can loosen them.
          Senders do not see them.
        </p>
      </div>
      {saved ? <Notice>Saved. It holds from now on, also for what already waits.</Notice> : null}
      <ProblemNotice problem={data.problem} />
      {data.typed === null
        ? (
          <p>
            <a class="button" href="/preferences">Load the page again</a>
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
  return (
    <form class="form" method="post" action="/preferences">
      <section class="panel" aria-label="Who">
        <Group name="acceptFrom" legend="Who may send to you directly" error={errors.acceptFrom}>
          {senders.map(([value, label, hint]) => (
            <Check
              key={value}
              type="radio"
              name="acceptFrom"
              value={value}
              label={label}
              hint={hint}
              checked={typed.acceptFrom === value}
            />
          ))}
        </Group>
        <Check
          name="broadcasts"
          label="Take commands to everyone"
          hint="Those that the server's people send to all, or to all who allow a category."
          checked={typed.broadcasts}
        />
        <Check
          name="shareLimits"
          label="Show my contacts which categories I allow"
          hint="Only your contacts see it. Otherwise nobody does."
          checked={typed.shareLimits}
        />
        <AreaField
          name="blockedUsers"
          label="Blocked people"
          hint="One username a line. Nothing from them reaches you, and they are not told."
          value={typed.blockedUsers}
          error={errors.blockedUsers}
          rows={3}
        />
      </section>
      <CategoryChoices typed={typed} categories={categories} error={errors.categories} />
      <section class="panel" aria-labelledby="when">
        <h2 id="when">When, and how much</h2>
        <p class="hint">
          What is held back here is not lost. It comes later. Times and days are those of{" "}
          <strong>{zone.replaceAll("_", " ")}</strong>, <a href="/profile">the time zone of your profile</a>.
        </p>
        <Check
          name="quiet"
          label="Quiet hours"
          hint="Nothing is delivered between these times, in your time zone."
          checked={typed.quiet}
        />
        <div class="grid-2">
          <TextField
            name="quietFrom"
            label="From"
            type="time"
            value={typed.quietFrom}
            error={errors.quietFrom}
          />
          <TextField name="quietTo" label="To" type="time" value={typed.quietTo} error={errors.quietTo} />
        </div>
        <TextField
          name="dailyLimit"
          label="At most this many a day"
          hint="Leave it empty for no limit."
          class="input-short"
          inputMode="numeric"
          value={typed.dailyLimit}
          error={errors.dailyLimit}
          autocomplete="off"
        />
      </section>
      <div class="savebar">
        <button type="submit" class="button button-main">Save preferences</button>
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
      <h2 id="categories">What it may be about</h2>
      <FieldError name="categories" error={error} />
      <CategoryTable categories={categories} chosen={typed.categories} fieldOf={categoryField} />
    </section>
  );
}
