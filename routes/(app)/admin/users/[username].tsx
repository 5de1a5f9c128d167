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
    return page({ user, typed: noSanction(await zoneOf(ctx)), lifting: null, problem: null });
  },
  async POST(ctx) {
    const { username } = await account(ctx);
    const form = await readForm(ctx.req);
    const done = form instanceof Refusal ? form : await changeUser(ctx, username, form);
    if (!(done instanceof Refusal)) return seeOther(`/admin/users/${username}?notice=${done}`);
    const action = form instanceof Refusal ? null : form.get("action");
    const typed = form instanceof Refusal || action !== "sanction"
      ? noSanction(await zoneOf(ctx))
      : typedSanction(form);
    const lifting = form instanceof Refusal || action !== "lift" ? null : {
      id: form.get("sanction") ?? "",
      reason: form.get("reason") ?? "",
    };
    const words = wordsOf(ctx.state.language).users;
    const problem = problemOf(done, ctx.state.language);
    if (typed.kind === "" && problem.fields.kind !== undefined) problem.fields.kind = words.chooseOne;
    if (typed.reason.trim() === "" && problem.fields.reason !== undefined) {
      problem.fields.reason = words.whyMissing;
    }
    if (lifting !== null && lifting.reason.trim() === "" && problem.fields.reason !== undefined) {
      problem.fields.reason = words.whyLiftedMissing;
    }
    return page({ user: await account(ctx), typed, lifting, problem }, refusedPage(done));
  },
});

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
    default:
      return undefined;
  }
}

export default definePerson.page<typeof handler>(function UserPage({ data, state, url }) {
  const { user, typed, lifting, problem } = data;
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
      <SanctionForm typed={typed} path={path} errors={lifting === null ? errors : {}} />
      <Sanctions user={user} path={path} lifting={lifting} errors={lifting === null ? {} : errors} />
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

/** A lift as it was typed, for a page that refuses it. */
type Lifting = { id: string; reason: string } | null;

interface SanctionsProps extends FormProps {
  user: AdminUser & { sanctions: Sanction[]; incident?: string };
  lifting: Lifting;
}

function Sanctions({ user: { sanctions, incident }, path, lifting, errors }: SanctionsProps) {
  const words = useWords("users");
  return (
    <section class="panel" aria-labelledby="sanctions">
      <h2 id="sanctions">{words.before}</h2>
      {incident === undefined ? null : (
        <p>
          {words.byIncident} <a href={`/admin/incidents/${incident}`}>{words.toIncident}</a>
        </p>
      )}
      {sanctions.length === 0 ? <p class="soft">{words.nothing}</p> : (
        <ul class="people">
          {sanctions.map((one) => (
            <li key={one.id}>
              <SanctionText sanction={one} />
              {one.over === true ? null : (
                <LiftForm
                  sanction={one}
                  path={path}
                  typed={lifting?.id === one.id ? lifting.reason : null}
                  errors={lifting?.id === one.id ? errors : {}}
                />
              )}
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

function SanctionText({ sanction }: { sanction: Sanction }) {
  const words = useWords("users");
  const lists = useWords("lists");
  const { kind, until, reason, by, createdAt, lifted, readAt } = sanction;
  return (
    <span class="name">
      <span>{kind === "warn" ? words.warned : <Ending kind={kind} until={until} />}</span>
      <span class="small">{fill(lists.quoted, { text: reason })}</span>
      <span class="soft small">
        <Filled text={words.by} username={by} time={<Time value={createdAt} />} />
      </span>
      {lifted === undefined ? null : (
        <span class="soft small">
          <Filled
            text={words.lifted}
            username={lifted.by}
            time={<Time value={lifted.at} />}
            reason={lifted.reason}
          />
        </span>
      )}
      {readAt === undefined ? null : (
        <span class="soft small">
          <Filled text={words.readAt} time={<Time value={readAt} />} />
        </span>
      )}
    </span>
  );
}

interface LiftProps extends FormProps {
  sanction: Sanction;
  /** Null: nothing was typed. */
  typed: string | null;
}

/** Folded until it is needed; each has a label of its own, as several are on the page. */
function LiftForm({ sanction, path, typed, errors }: LiftProps) {
  const words = useWords("users");
  const name = `lift-${sanction.id}`;
  return (
    <details class="button-menu" open={typed !== null}>
      <summary class="button button-quiet">{words.lift}</summary>
      <form class="menu form" method="post" action={path}>
        <input type="hidden" name="sanction" value={sanction.id} />
        <AreaField
          name="reason"
          id={name}
          label={words.whyLifted}
          hint={words.whyLiftedHint}
          value={typed ?? ""}
          error={errors.reason}
          rows={2}
        />
        <div>
          <button type="submit" class="button" name="action" value="lift">{words.lift}</button>
        </div>
      </form>
    </details>
  );
}
