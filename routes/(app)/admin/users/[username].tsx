import { type Context, page } from "fresh";
import { AreaField, Check, Group, SelectField, TextField } from "../../../../components/Field.tsx";
import { Notice, ProblemNotice } from "../../../../components/Notice.tsx";
import { PersonName } from "../../../../components/PersonName.tsx";
import { Time } from "../../../../components/Time.tsx";
import { Ending, UserMarks } from "../../../../components/UserMarks.tsx";
import { Filled, useLanguage, useWords } from "../../../../components/words.tsx";
import TimeZone from "../../../../islands/TimeZone.tsx";
import { definePerson, type PersonState } from "../../../../lib/web/define.ts";
import { problemOf, readForm } from "../../../../lib/web/forms/form.ts";
import { noPage, refusedPage, seeOther, zoneOf } from "../../../../lib/web/pages.ts";
import { type AdminUser, Refusal, type Sanction } from "../../../../lib/protocol/mod.ts";
import {
  changeUser,
  noSanction,
  type TypedSanction,
  typedSanction,
} from "../../../../lib/web/forms/users.ts";
import { fill, someWords, type Words, wordsOf } from "../../../../lib/words/mod.ts";

export const handler = definePerson.handlers({
  async GET(ctx) {
    const user = await account(ctx);
    return page({ user, typed: noSanction(await zoneOf(ctx)), problem: null });
  },
  async POST(ctx) {
    const { username } = await account(ctx);
    const form = await readForm(ctx.req);
    const done = form instanceof Refusal ? form : await changeUser(ctx, username, form);
    if (!(done instanceof Refusal)) return seeOther(`/admin/users/${username}?notice=${done}`);
    const typed = form instanceof Refusal || form.get("action") !== "sanction"
      ? noSanction(await zoneOf(ctx))
      : typedSanction(form);
    const words = wordsOf(ctx.state.language).users;
    const problem = problemOf(done, ctx.state.language);
    if (typed.kind === "" && problem.fields.kind !== undefined) problem.fields.kind = words.chooseOne;
    if (typed.reason.trim() === "" && problem.fields.reason !== undefined) {
      problem.fields.reason = words.whyMissing;
    }
    return page({ user: await account(ctx), typed, problem }, refusedPage(done));
  },
});

async function account(ctx: Context<PersonState>) {
  const user = await ctx.state.services.users.get(ctx.state.caller, ctx.params.username ?? "");
  if (user instanceof Refusal) throw noPage(user);
  return user;
}

/** Only these words, never text from the address. */
function noticeOf(words: Words["users"], notice: string | null): string | undefined {
  return notice === "rights" ? words.doneRights : notice === "sanction" ? words.doneSanction : undefined;
}

export default definePerson.page<typeof handler>(function UserPage({ data, state, url }) {
  const { user, typed, problem } = data;
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
      <SanctionForm typed={typed} path={path} errors={errors} />
      <Sanctions sanctions={user.sanctions} />
    </>
  );
});

interface FormProps {
  path: string;
  errors: Record<string, string>;
}

const roles = (words: Words["users"]) =>
  [
    ["member", words.roleMember],
    ["moderator", words.roleModerator],
    ["admin", words.roleAdmin],
  ] as const;

function RightsForm({ user, path, errors }: FormProps & { user: AdminUser }) {
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

const kinds = (words: Words["users"]) =>
  [
    ["warn", words.warn, words.warnHint],
    ["mute", words.mute, words.muteHint],
    ["suspend", words.suspend, words.suspendHint],
  ] as const;

function SanctionForm({ typed, path, errors }: FormProps & { typed: TypedSanction }) {
  const words = useWords("users");
  return (
    <section class="panel" aria-labelledby="sanction">
      <h2 id="sanction">{words.sanction}</h2>
      <form class="form" method="post" action={path}>
        <Group name="kind" legend={words.what} error={errors.kind}>
          {kinds(words).map(([value, label, hint]) => (
            <Check
              key={value}
              type="radio"
              name="kind"
              value={value}
              label={label}
              hint={hint}
              checked={typed.kind === value}
              required
            />
          ))}
        </Group>
        <AreaField
          name="reason"
          label={words.why}
          hint={words.whyHint}
          value={typed.reason}
          error={errors.reason}
          rows={3}
        />
        <TextField
          name="until"
          label={words.until}
          hint={words.untilHint}
          type="datetime-local"
          class="input-short"
          value={typed.until}
          error={errors.until}
        />
        <TimeZone zone={typed.zone || "UTC"} words={someWords(useLanguage(), ["inputs"])} />
        <div>
          <button type="submit" class="button" name="action" value="sanction">{words.doIt}</button>
        </div>
      </form>
    </section>
  );
}

function Sanctions({ sanctions }: { sanctions: Sanction[] }) {
  const words = useWords("users");
  const lists = useWords("lists");
  return (
    <section class="panel" aria-labelledby="sanctions">
      <h2 id="sanctions">{words.before}</h2>
      {sanctions.length === 0 ? <p class="soft">{words.nothing}</p> : (
        <ul class="people">
          {sanctions.map((one) => (
            <li key={one.id}>
              <span class="name">
                <span>
                  {one.kind === "warn" ? words.warned : <Ending kind={one.kind} until={one.until} />}
                </span>
                <span class="small">{fill(lists.quoted, { text: one.reason })}</span>
                <span class="soft small">
                  <Filled text={words.by} username={one.by} time={<Time value={one.createdAt} />} />
                </span>
              </span>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
