import { type Context, page } from "fresh";
import { Avatar } from "../../components/Avatar.tsx";
import { AreaField, SelectField, TextField } from "../../components/Field.tsx";
import { Notice, ProblemNotice } from "../../components/Notice.tsx";
import { Filled, useLanguage, useWords } from "../../components/words.tsx";
import { definePerson, type PersonState } from "../../lib/web/define.ts";
import { problemOf, readForm } from "../../lib/web/forms/form.ts";
import { refusedPage, seeOther } from "../../lib/web/pages.ts";
import {
  commonLanguages,
  profileProblem,
  type TypedProfile,
  typedProfile,
} from "../../lib/web/forms/profile.ts";
import { avatarTypes, checked, limits, profileChange, Refusal } from "../../lib/protocol/mod.ts";
import { fill } from "../../lib/words/mod.ts";

export const handler = definePerson.handlers({
  async GET(ctx) {
    const profile = await ctx.state.services.profiles.get(ctx.state.caller);
    if (profile instanceof Refusal) {
      return page({
        typed: null,
        pictures: [],
        shown: false,
        problem: problemOf(profile, ctx.state.language),
      }, refusedPage(profile));
    }
    // Saving the form chooses a language: then the one that is read now, and not the default.
    const chosen = await ctx.state.services.profiles.language(ctx.state.caller);
    const typed = { ...profile, language: chosen ?? ctx.state.language };
    return page({ typed, ...await pictures(ctx, profile.avatar), problem: null });
  },
  async POST(ctx) {
    const { language, services } = ctx.state;
    const form = await readForm(ctx.req);
    if (form instanceof Refusal) {
      const problem = problemOf(form, language);
      return page({ typed: null, pictures: [], shown: false, problem }, refusedPage(form));
    }
    const typed = typedProfile(form);
    const change = checked(profileChange, typed);
    const done = change instanceof Refusal
      ? change
      : await services.profiles.change(ctx.state.caller, change);
    if (!(done instanceof Refusal)) return seeOther("/profile?notice=saved");
    const problem = profileProblem(done, typed, language);
    return page({ typed, ...await pictures(ctx, typed.avatar), problem }, refusedPage(done));
  },
});

/** A choice of one's own pictures, the newest and the one that is chosen; and whether there is one to show now. */
async function pictures(ctx: Context<PersonState>, chosen: string | null) {
  const { files, profiles } = ctx.state.services;
  const caller = ctx.state.caller;
  const [list, own, shown] = await Promise.all([
    files.list(caller, { limit: limits.pageDefault }),
    chosen === null ? null : files.get(caller, chosen),
    profiles.withAvatar(caller, [caller.username]),
  ]);
  const found = new Map(list.files.map((file) => [file.id, file]));
  if (own !== null && !(own instanceof Refusal)) found.set(own.id, own);
  const usable = [...found.values()].filter(({ type, state }) =>
    state === "clean" && avatarTypes.includes(type)
  );
  return {
    pictures: usable.map(({ id, name }) => [id, name] as const),
    shown: shown.has(caller.username),
  };
}

/** The browser's list of zones never has the plainest one. */
const zones = ["UTC", ...Intl.supportedValuesOf("timeZone").filter((zone) => zone !== "UTC")];

type Pictures = readonly (readonly [id: string, name: string])[];

export default definePerson.page<typeof handler>(function ProfilePage({ data, state, url }) {
  const words = useWords("profile");
  const frame = useWords("frame");
  const { username } = state.caller;
  const saved = data.problem === null && url.searchParams.get("notice") === "saved";
  return (
    <>
      <div class="page-head">
        <h1>{frame.profile}</h1>
        <p class="lead">
          <Filled text={words.lead} username={<strong>@{username}</strong>} />
        </p>
      </div>
      {saved ? <Notice>{words.saved}</Notice> : null}
      <ProblemNotice problem={data.problem} />
      {data.typed === null
        ? (
          <p>
            <a class="button" href="/profile">{words.reload}</a>
          </p>
        )
        : (
          <ProfileForm
            typed={data.typed}
            username={data.shown ? username : null}
            pictures={data.pictures}
            errors={data.problem?.fields ?? {}}
          />
        )}
      <section class="panel" aria-labelledby="data">
        <h2 id="data">{words.data}</h2>
        <p>
          <Filled text={words.dataLead} link={<a href="/account">{words.data}</a>} />
        </p>
      </section>
    </>
  );
});

interface FormProps {
  typed: TypedProfile;
  /** Whose picture is shown; null where there is none yet. */
  username: string | null;
  pictures: Pictures;
  errors: Record<string, string>;
}

function ProfileForm({ typed, username, pictures, errors }: FormProps) {
  const words = useWords("profile");
  const language = useLanguage();
  return (
    <form class="form" method="post" action="/profile">
      <section class="panel" aria-label={words.about}>
        <TextField
          name="displayName"
          label={words.name}
          value={typed.displayName}
          error={errors.displayName}
          autocomplete="nickname"
          required
        />
        <TextField
          name="pronouns"
          label={words.pronouns}
          hint={words.pronounsHint}
          class="input-short"
          value={typed.pronouns}
          error={errors.pronouns}
          autocomplete="off"
        />
        <AreaField
          name="bio"
          label={words.bio}
          hint={fill(words.bioHint, { count: limits.bio.toLocaleString(language) })}
          value={typed.bio}
          error={errors.bio}
        />
      </section>
      <section class="panel" aria-label={words.picture}>
        {username === null ? null : <Avatar username={username} picture size={96} />}
        <SelectField
          name="avatar"
          label={words.picture}
          hint={<Filled text={words.pictureHint} files={<a href="/files">{words.yourFiles}</a>} />}
          value={typed.avatar ?? ""}
          error={errors.avatar}
          options={[["", words.noPicture], ...pictures]}
        />
      </section>
      <section class="panel" aria-label={words.where}>
        <TimeFields typed={typed} errors={errors} />
      </section>
      <div class="savebar">
        <button type="submit" class="button button-main">{words.save}</button>
      </div>
    </form>
  );
}

/** What was posted may be no language at all. */
function isLanguage(tag: string): boolean {
  try {
    return Intl.getCanonicalLocales(tag).length === 1;
  } catch {
    return false;
  }
}

function TimeFields({ typed, errors }: Pick<FormProps, "typed" | "errors">) {
  const words = useWords("profile");
  const names = new Intl.DisplayNames(useLanguage(), { type: "language" });
  // A client may have chosen another one, which stays until the person changes it.
  const offered = [...new Set([typed.language, ...commonLanguages])].filter(isLanguage);
  return (
    <>
      <TextField
        name="timeZone"
        label={words.timeZone}
        hint={<Filled text={words.timeZoneHint} quiet={<a href="/preferences#when">{words.quietHours}</a>} />}
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
      <SelectField
        name="language"
        label={words.language}
        hint={words.languageHint}
        value={typed.language}
        error={errors.language}
        options={offered.map((tag) => [tag, names.of(tag) ?? tag])}
      />
    </>
  );
}
