import { type Context, page } from "fresh";
import { PageHead } from "../../components/PageHead.tsx";
import { PreferencesStyle } from "../../components/PreferencesStyle.tsx";
import { useWords } from "../../components/words.tsx";
import { ZonePrompt } from "../../components/ZonePrompt.tsx";
import { browserZoneOf } from "../../lib/web/browser_settings.ts";
import { definePerson, type PersonState } from "../../lib/web/define.ts";
import { shownCategories } from "../../lib/web/categories.ts";
import { problemOf, readForm } from "../../lib/web/forms/form.ts";
import { refusedPage, seeOther, zoneOf } from "../../lib/web/pages.ts";
import {
  preferenceNames,
  shownPreferences,
  shownText,
  typedPreferences,
} from "../../lib/web/forms/preferences.ts";
import { savedAnswer, savePreferences } from "../../lib/web/forms/save_preferences.ts";
import { otherZone } from "../../lib/web/zone_prompt.ts";
import { Refusal } from "../../lib/protocol/mod.ts";
import { PreferencesForm } from "./(_parts)/PreferencesForm.tsx";

export const handler = definePerson.handlers({
  async GET(ctx) {
    const now = await surroundings(ctx);
    return page({ ...now, typed: shownPreferences(now.preferences, now.resting), problem: null });
  },
  async POST(ctx) {
    const form = await readForm(ctx.req);
    if (ctx.req.headers.get("accept") === "application/json") return await savedAnswer(ctx, form);
    const done = form instanceof Refusal ? form : await savePreferences(ctx, form);
    if (!(done instanceof Refusal)) return seeOther("/preferences?notice=saved");
    const typed = form instanceof Refusal ? null : typedPreferences(form);
    return page(
      { ...await surroundings(ctx), typed, problem: problemOf(done, ctx.state.language, preferenceNames) },
      refusedPage(done),
    );
  },
});

async function surroundings(ctx: Context<PersonState>) {
  const [categories, preferences, resting, zone] = await Promise.all([
    shownCategories(ctx),
    ctx.state.services.preferences.get(ctx.state.caller),
    ctx.state.services.preferences.restingHours(ctx.state.caller),
    zoneOf(ctx),
  ]);
  return {
    categories,
    preferences,
    resting,
    zone,
    browserZone: browserZoneOf(ctx.req, ctx.state.language),
    otherZone: otherZone(ctx, zone),
    now: ctx.state.services.clock.now(),
  };
}

export default definePerson.page<typeof handler>(function PreferencesPage({ data, url }) {
  const words = useWords("preferences");
  const saved = url.searchParams.get("notice") === "saved" ? words.saved : undefined;
  return (
    <>
      <PreferencesStyle />
      <PageHead title={words.title} lead={words.lead} notice={saved} problem={data.problem} />
      {data.otherZone === null ? null : <ZonePrompt account={data.zone} browser={data.otherZone} />}
      {data.typed === null
        ? (
          <p>
            <a class="button" href="/preferences">{words.loadAgain}</a>
          </p>
        )
        : (
          <PreferencesForm
            typed={data.typed}
            shown={shownText(data.preferences)}
            blocked={data.preferences.blockedUsers.length}
            categories={data.categories}
            zone={data.zone}
            browserZone={data.browserZone}
            now={data.now}
            errors={data.problem?.fields ?? {}}
          />
        )}
    </>
  );
});
