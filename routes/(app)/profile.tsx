import { page } from "fresh";
import { AreaField, TextField } from "../../components/Field.tsx";
import { Notice, ProblemNotice } from "../../components/Notice.tsx";
import { define } from "../../lib/define.ts";
import { problemOf, readForm, refusedPage, seeOther } from "../../lib/forms.ts";
import { callerOf } from "../../lib/page_caller.ts";
import { commonLanguages, profileProblem, type TypedProfile, typedProfile } from "../../lib/profile_form.ts";
import { checked, limits, profileChange, Refusal } from "../../lib/protocol/mod.ts";

export const handler = define.handlers({
  async GET(ctx) {
    const profile = await ctx.state.services.profiles.get(callerOf(ctx.state));
    return profile instanceof Refusal
      ? page({ typed: null, problem: problemOf(profile) }, refusedPage(profile))
      : page({ typed: profile, problem: null });
  },
  async POST(ctx) {
    const form = await readForm(ctx.req);
    if (form instanceof Refusal) return page({ typed: null, problem: problemOf(form) }, refusedPage(form));
    const typed = typedProfile(form);
    const change = checked(profileChange, typed);
    const done = change instanceof Refusal
      ? change
      : await ctx.state.services.profiles.change(callerOf(ctx.state), change);
    if (!(done instanceof Refusal)) return seeOther("/profile?notice=saved");
    return page({ typed, problem: profileProblem(done, typed) }, refusedPage(done));
  },
});

/** The browser's list of zones never has the plainest one. */
const zones = ["UTC", ...Intl.supportedValuesOf("timeZone").filter((zone) => zone !== "UTC")];
const languageNames = new Intl.DisplayNames("en", { type: "language" });

export default define.page<typeof handler>(function ProfilePage({ data, state, url }) {
  const saved = data.problem === null && url.searchParams.get("notice") === "saved";
  return (
    <>
      <div class="page-head">
        <h1>Profile</h1>
        <p class="lead">
          How others see you. Your username stays <strong>@{callerOf(state).username}</strong>.
        </p>
      </div>
      {saved ? <Notice>Saved.</Notice> : null}
      <ProblemNotice problem={data.problem} />
      {data.typed === null
        ? (
          <p>
            <a class="button" href="/profile">Load the page again</a>
          </p>
        )
        : <ProfileForm typed={data.typed} errors={data.problem?.fields ?? {}} />}
    </>
  );
});

function ProfileForm({ typed, errors }: { typed: TypedProfile; errors: Record<string, string> }) {
  return (
    <form class="form" method="post" action="/profile">
      <section class="panel" aria-label="About you">
        <TextField
          name="displayName"
          label="Name"
          value={typed.displayName}
          error={errors.displayName}
          autocomplete="nickname"
          required
        />
        <TextField
          name="pronouns"
          label="Pronouns"
          hint="If you like."
          class="input-short"
          value={typed.pronouns}
          error={errors.pronouns}
          autocomplete="off"
        />
        <AreaField
          name="bio"
          label="About you"
          hint={`Up to ${limits.bio.toLocaleString("en")} characters.`}
          value={typed.bio}
          error={errors.bio}
        />
      </section>
      <section class="panel" aria-label="Time and language">
        <TextField
          name="timeZone"
          label="Time zone"
          hint={
            <>
              Your <a href="/preferences#when">quiet hours</a>{" "}
              and your daily limit follow it. Begin to type a city.
            </>
          }
          list="zones"
          value={typed.timeZone}
          error={errors.timeZone}
          autocomplete="off"
          spellcheck={false}
          required
        />
        <datalist id="zones">
          {zones.map((zone) => <option key={zone} value={zone} />)}
        </datalist>
        <TextField
          name="language"
          label="Language"
          hint="A tag such as en or de-AT."
          class="input-short"
          list="languages"
          value={typed.language}
          error={errors.language}
          autocomplete="off"
          spellcheck={false}
          required
        />
        <datalist id="languages">
          {commonLanguages.map((tag) => <option key={tag} value={tag}>{languageNames.of(tag)}</option>)}
        </datalist>
      </section>
      <div class="savebar">
        <button type="submit" class="button button-main">Save profile</button>
      </div>
    </form>
  );
}
