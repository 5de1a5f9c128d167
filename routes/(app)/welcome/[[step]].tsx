import { type Context, HttpError, page } from "fresh";
import { ProblemNotice } from "../../../components/Notice.tsx";
import { toRoot } from "../../../lib/text/mod.ts";
import { Title } from "../../../components/Title.tsx";
import { WelcomeReady } from "../../../components/WelcomeReady.tsx";
import { sampleAnswer } from "../../../components/WelcomeSample.tsx";
import { LimitsStep, WhenStep, WhoStep } from "../../../components/WelcomeSteps.tsx";
import { useWords } from "../../../components/words.tsx";
import TimeZone from "../../../islands/TimeZone.tsx";
import { shownCategories } from "../../../lib/web/categories.ts";
import { definePerson, type PersonState } from "../../../lib/web/define.ts";
import { filled, problemOf, readForm } from "../../../lib/web/forms/form.ts";
import { refusedPage, seeOther, zoneOf } from "../../../lib/web/pages.ts";
import {
  categoryField,
  preferenceNames,
  shownPreferences,
  typedPreferences,
} from "../../../lib/web/forms/preferences.ts";
import { checked, methods, profileChange, Refusal } from "../../../lib/protocol/mod.ts";
import {
  stepChange,
  viewAfter,
  viewBefore,
  welcomePath,
  type WelcomeStep,
  welcomeSteps,
  type WelcomeView,
  welcomeView,
} from "../../../lib/web/forms/welcome.ts";
import { reachOf } from "../../../lib/web/forms/reach.ts";
import { WrongMethod } from "../../../lib/web/methods.ts";
import { fill, someWords } from "../../../lib/words/mod.ts";

export const handler = definePerson.handlers({
  async GET(ctx) {
    const view = viewOf(ctx);
    const typed = await shown(ctx);
    const reach = view === "ready" ? await reachNow(ctx) : [];
    return page({ ...await surroundings(ctx), view, typed, reach, problem: null });
  },
  async POST(ctx) {
    const view = viewOf(ctx);
    if (view === "ready") throw new WrongMethod("GET, HEAD, OPTIONS");
    const form = await readForm(ctx.req);
    const done = form instanceof Refusal ? form : await save(ctx, view, form);
    if (!(done instanceof Refusal)) return seeOther(welcomePath(viewAfter(view)));
    const typed = form instanceof Refusal ? await shown(ctx) : typedPreferences(form);
    const problem = problemOf(done, ctx.state.language, preferenceNames);
    return page({ ...await surroundings(ctx), view, typed, reach: [], problem }, refusedPage(done));
  },
});

function viewOf(ctx: Context<PersonState>): WelcomeView {
  const view = welcomeView(ctx.params.step);
  if (view === null) throw new HttpError(404);
  return view;
}

async function shown(ctx: Context<PersonState>) {
  return shownPreferences(await ctx.state.services.preferences.get(ctx.state.caller));
}

async function surroundings(ctx: Context<PersonState>) {
  return { categories: await shownCategories(ctx), zone: await zoneOf(ctx) };
}

/** What the choices come to, from each source that a new account can have. */
async function reachNow(ctx: Context<PersonState>) {
  const categories = await shownCategories(ctx);
  return await Promise.all(
    (["contact", "stranger", "everyone"] as const).map(async (from) => ({
      from,
      table: await reachOf(ctx, from, categories),
    })),
  );
}

/** Quiet hours mean nothing without their zone, so that goes into the profile before them. */
async function save(
  ctx: Context<PersonState>,
  step: WelcomeStep,
  form: URLSearchParams,
): Promise<true | Refusal> {
  const { profiles, preferences } = ctx.state.services;
  const caller = ctx.state.caller;
  const change = checked(methods["preferences.set"].params, stepChange(step, form));
  if (change instanceof Refusal) return change;
  const timeZone = step === "when" && form.get("quiet") === "yes" ? filled(form, "zone") : undefined;
  if (timeZone !== undefined && timeZone !== await zoneOf(ctx)) {
    const zoned = checked(profileChange, { timeZone });
    const kept = zoned instanceof Refusal ? zoned : await profiles.change(caller, zoned);
    if (kept instanceof Refusal) return kept;
  }
  const done = await preferences.set(caller, change);
  return done instanceof Refusal ? done : true;
}

export default definePerson.page<typeof handler>(function WelcomePage({ data, state, url }) {
  const words = useWords("welcome");
  const { view, typed } = data;
  if (view === "ready") {
    return (
      <>
        <Title text={words.title} />
        <WelcomeReady
          path={url.pathname}
          reach={data.reach}
          answer={sampleAnswer(url.searchParams.get("sample"))}
        />
      </>
    );
  }
  const at = welcomeSteps.indexOf(view) + 1;
  const before = viewBefore(view);
  const errors = data.problem?.fields ?? {};
  return (
    <>
      <Title text={words.title} />
      <div class="page-head">
        <h1>{fill(words.greeting, { name: state.caller.displayName })}</h1>
        {before === null ? <p class="lead">{words.lead}</p> : null}
      </div>
      {before === null ? <PasskeyOffer /> : null}
      <div class="quota">
        <strong id="step">{fill(words.step, { step: at, count: welcomeSteps.length })}</strong>
        <progress max={welcomeSteps.length} value={at} aria-labelledby="step" />
      </div>
      <ProblemNotice problem={data.problem} />
      <form class="form" method="post" action={welcomePath(view)}>
        {view === "limits"
          ? (
            <LimitsStep
              chosen={typed.categories}
              categories={data.categories}
              fieldOf={categoryField}
              error={errors.categories}
            />
          )
          : view === "who"
          ? <WhoStep acceptFrom={typed.acceptFrom} broadcasts={typed.broadcasts} error={errors.acceptFrom} />
          : (
            <WhenStep
              quiet={typed.quiet}
              from={typed.rows[0]?.from ?? ""}
              to={typed.rows[0]?.to ?? ""}
              errors={errors}
              timeZone={<TimeZone zone={data.zone} words={someWords(state.language, ["inputs"])} />}
            />
          )}
        <div class="savebar">
          <button type="submit" class="button button-main">{words.saveAndGo}</button>
          <a class="button" href={welcomePath(viewAfter(view))}>{words.skipStep}</a>
          {before === null
            ? null
            : <a class="button button-quiet" href={welcomePath(before)}>{words.back}</a>}
          <a class="button button-quiet" href={toRoot(url.pathname)}>{words.skipAll}</a>
        </div>
      </form>
    </>
  );
});

/** The first thing that a new account is offered: a way in that is no password (AU-7). */
function PasskeyOffer() {
  return (
    <p class="notice">
      <a href="/passkey">{useWords("twoFactor").firstOffer}</a>
    </p>
  );
}
