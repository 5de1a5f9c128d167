import { type Context, page } from "fresh";
import { Check, SelectField } from "../../../../components/Field.tsx";
import { Notice, ProblemNotice } from "../../../../components/Notice.tsx";
import { PersonName } from "../../../../components/PersonName.tsx";
import { Time } from "../../../../components/Time.tsx";
import { UserMarks } from "../../../../components/UserMarks.tsx";
import { Filled, useWords } from "../../../../components/words.tsx";
import { definePerson, type PersonState } from "../../../../lib/web/define.ts";
import { problemOf, readForm } from "../../../../lib/web/forms/form.ts";
import { noPage, refusedPage, seeOther, zoneOf } from "../../../../lib/web/pages.ts";
import { type AdminUser, type PersonFacts, Refusal } from "../../../../lib/protocol/mod.ts";
import { changeUser, makeLoginLink, noSanction, typedSanction } from "../../../../lib/web/forms/users.ts";
import { type Words, wordsOf } from "../../../../lib/words/mod.ts";
import { UserAccess, UserFacts } from "../../(_parts)/UserFacts.tsx";
import { SanctionForm, Sanctions, type UserFormProps } from "../../(_parts)/UserSanctions.tsx";

export const handler = definePerson.handlers({
  async GET(ctx) {
    const user = await account(ctx);
    const facts = ctx.url.searchParams.get("show") === "facts" ? await factsOf(ctx, user.username) : null;
    const typed = noSanction(await zoneOf(ctx));
    return page({ user, facts, typed, access: null, made: null, lifting: null, problem: null });
  },
  async POST(ctx) {
    const { username } = await account(ctx);
    const form = await readForm(ctx.req);
    const action = form instanceof Refusal ? null : form.get("action");
    if (!(form instanceof Refusal) && action === "link") {
      const made = await makeLoginLink(ctx, username, form);
      // Shown this once: a redirect would have to carry it.
      if (!(made instanceof Refusal)) {
        const typed = noSanction(await zoneOf(ctx));
        const user = await account(ctx);
        return page({ user, facts: null, typed, access: null, made, lifting: null, problem: null });
      }
      return await refused(ctx, form, made);
    }
    const done = form instanceof Refusal ? form : await changeUser(ctx, username, form);
    if (!(done instanceof Refusal)) return seeOther(`/admin/users/${username}?notice=${done}`);
    return await refused(ctx, form, done);
  },
});

async function refused(ctx: Context<PersonState>, form: URLSearchParams | Refusal, refusal: Refusal) {
  const field = (name: string) => form instanceof Refusal ? "" : form.get(name) ?? "";
  const action = field("action");
  const typed = form instanceof Refusal || action !== "sanction"
    ? noSanction(await zoneOf(ctx))
    : typedSanction(form);
  const lifting = action === "lift" ? { id: field("sanction"), reason: field("reason") } : null;
  const isAccess = action === "link" || action === "logout";
  const access = isAccess ? { action, why: field("why") } : null;
  const words = wordsOf(ctx.state.language).users;
  const problem = problemOf(refusal, ctx.state.language, isAccess ? { reason: "why" } : {});
  if (typed.kind === "" && problem.fields.kind !== undefined) problem.fields.kind = words.chooseOne;
  if (typed.reason.trim() === "" && problem.fields.reason !== undefined) {
    problem.fields.reason = words.whyMissing;
  }
  if (lifting !== null && lifting.reason.trim() === "" && problem.fields.reason !== undefined) {
    problem.fields.reason = words.whyLiftedMissing;
  }
  if (access !== null && access.why.trim() === "" && problem.fields.why !== undefined) {
    problem.fields.why = words.whyMissing;
  }
  const user = await account(ctx);
  return page({ user, facts: null, typed, access, made: null, lifting, problem }, refusedPage(refusal));
}

async function factsOf(ctx: Context<PersonState>, username: string): Promise<PersonFacts | null> {
  const facts = await ctx.state.services.personFacts.get(ctx.state.caller, username);
  return facts instanceof Refusal ? null : facts;
}

async function account(ctx: Context<PersonState>) {
  const user = await ctx.state.services.users.get(ctx.state.caller, ctx.params.username ?? "");
  if (user instanceof Refusal) throw noPage(user);
  return user;
}

/** Only these words, never text from the address. */
function noticeOf(words: Words["users"], notice: string | null): string | undefined {
  switch (notice) {
    case "rights":
      return words.doneRights;
    case "sanction":
      return words.doneSanction;
    case "lift":
      return words.doneLift;
    case "logout":
      return words.doneLogOut;
    default:
      return undefined;
  }
}

export default definePerson.page<typeof handler>(function UserPage({ data, state, url }) {
  const { user, facts, typed, access, made, lifting, problem } = data;
  const words = useWords("users");
  const notice = problem === null ? noticeOf(words, url.searchParams.get("notice")) : undefined;
  const errors = problem?.fields ?? {};
  const path = `/admin/users/${encodeURIComponent(user.username)}`;
  return (
    <>
      <div class="page-head">
        <p>
          <a href="/admin/users">{words.all}</a>
        </p>
        <h1>{user.displayName}</h1>
        <p class="row">
          <PersonName username={user.username} displayName={user.username} />
          <UserMarks user={user} />
          <span class="soft small">
            <Filled text={words.since} time={<Time value={user.createdAt} />} />
          </span>
        </p>
      </div>
      {notice === undefined ? null : <Notice>{notice}</Notice>}
      <ProblemNotice problem={problem} />
      {state.caller.role === "admin" ? <RightsForm user={user} path={path} errors={errors} /> : null}
      <SanctionForm typed={typed} path={path} errors={lifting === null && access === null ? errors : {}} />
      <Sanctions user={user} path={path} lifting={lifting} errors={lifting === null ? {} : errors} />
      {state.caller.role === "admin" ? <UserFacts facts={facts} path={path} /> : null}
      {state.caller.role === "admin" && state.caller.username !== user.username
        ? (
          <UserAccess
            username={user.username}
            path={path}
            errors={access === null ? {} : errors}
            made={made}
            typed={access}
          />
        )
        : null}
    </>
  );
});

const roles = (words: Words["users"]) =>
  [
    ["member", words.roleMember],
    ["moderator", words.roleModerator],
    ["admin", words.roleAdmin],
  ] as const;

function RightsForm({ user, path, errors }: UserFormProps & { user: AdminUser }) {
  const words = useWords("users");
  return (
    <section class="panel" aria-labelledby="rights">
      <h2 id="rights">{words.rights}</h2>
      <form class="form" method="post" action={path}>
        <SelectField
          name="role"
          label={words.role}
          value={user.role}
          error={errors.role}
          options={roles(words)}
        />
        <Check
          name="broadcast"
          label={words.mayBroadcast}
          hint={words.mayBroadcastHint}
          checked={user.rights.broadcast}
        />
        <div>
          <button type="submit" class="button button-main" name="action" value="rights">{words.save}</button>
        </div>
      </form>
    </section>
  );
}
