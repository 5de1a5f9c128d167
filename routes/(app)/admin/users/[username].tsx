import { type Context, page } from "fresh";
import { AreaField, Check, Group, SelectField, TextField } from "../../../../components/Field.tsx";
import { Notice, ProblemNotice } from "../../../../components/Notice.tsx";
import { PersonName } from "../../../../components/PersonName.tsx";
import { Time } from "../../../../components/Time.tsx";
import { Ending, UserMarks } from "../../../../components/UserMarks.tsx";
import TimeZone from "../../../../islands/TimeZone.tsx";
import { define, type State } from "../../../../lib/define.ts";
import { problemOf, readForm, refusedPage, seeOther } from "../../../../lib/forms.ts";
import { callerOf } from "../../../../lib/page_caller.ts";
import { noPage } from "../../../../lib/page_refusal.ts";
import { zoneOf } from "../../../../lib/page_zone.ts";
import { type AdminUser, Refusal, type Sanction } from "../../../../lib/protocol/mod.ts";
import { changeUser, noSanction, type TypedSanction, typedSanction } from "../../../../lib/user_form.ts";

export const handler = define.handlers({
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
    const problem = problemOf(done);
    if (typed.kind === "" && problem.fields.kind !== undefined) problem.fields.kind = "Choose one.";
    if (typed.reason.trim() === "" && problem.fields.reason !== undefined) {
      problem.fields.reason = "Say why. They see it, and so does the audit log.";
    }
    return page({ user: await account(ctx), typed, problem }, refusedPage(done));
  },
});

async function account(ctx: Context<State>) {
  const user = await ctx.state.services.users.get(callerOf(ctx.state), ctx.params.username ?? "");
  if (user instanceof Refusal) throw noPage(user);
  return user;
}

const notices = new Map([
  ["rights", "Saved. It holds from now on."],
  ["sanction", "Done, and written into the audit log."],
]);

export default define.page<typeof handler>(function UserPage({ data, state, url }) {
  const { user, typed, problem } = data;
  const notice = problem === null ? notices.get(url.searchParams.get("notice") ?? "") : undefined;
  const errors = problem?.fields ?? {};
  const path = `/admin/users/${encodeURIComponent(user.username)}`;
  return (
    <>
      <div class="page-head">
        <p>
          <a href="/admin/users">All users</a>
        </p>
        <h1>{user.displayName}</h1>
        <p class="row">
          <PersonName username={user.username} displayName={user.username} />
          <UserMarks user={user} />
          <span class="soft small">
            since <Time value={user.createdAt} />
          </span>
        </p>
      </div>
      {notice === undefined ? null : <Notice>{notice}</Notice>}
      <ProblemNotice problem={problem} />
      {callerOf(state).role === "admin" ? <RightsForm user={user} path={path} errors={errors} /> : null}
      <SanctionForm typed={typed} path={path} errors={errors} />
      <Sanctions sanctions={user.sanctions} />
    </>
  );
});

interface FormProps {
  path: string;
  errors: Record<string, string>;
}

const roles = [
  ["member", "Member"],
  ["moderator", "Moderator: sees users, warns, mutes, suspends"],
  ["admin", "Administrator: everything"],
] as const;

function RightsForm({ user, path, errors }: FormProps & { user: AdminUser }) {
  return (
    <section class="panel" aria-labelledby="rights">
      <h2 id="rights">Role and rights</h2>
      <form class="form" method="post" action={path}>
        <SelectField name="role" label="Role" value={user.role} error={errors.role} options={roles} />
        <Check
          name="broadcast"
          label="May broadcast"
          hint="To everyone, or to everyone who allows a category. Everybody's preferences still hold."
          checked={user.rights.broadcast}
        />
        <div>
          <button type="submit" class="button button-main" name="action" value="rights">Save</button>
        </div>
      </form>
    </section>
  );
}

const kinds = [
  ["warn", "Warn", "They see it. Nothing else changes."],
  ["mute", "Mute", "They cannot send. What others send them still arrives."],
  ["suspend", "Suspend", "They cannot use the server, save to take their data along or to leave."],
] as const;

function SanctionForm({ typed, path, errors }: FormProps & { typed: TypedSanction }) {
  return (
    <section class="panel" aria-labelledby="sanction">
      <h2 id="sanction">Warn, mute or suspend</h2>
      <form class="form" method="post" action={path}>
        <Group name="kind" legend="What" error={errors.kind}>
          {kinds.map(([value, label, hint]) => (
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
          label="Why"
          hint="They see it."
          value={typed.reason}
          error={errors.reason}
          rows={3}
        />
        <TextField
          name="until"
          label="Until"
          hint="Leave it empty for no end."
          type="datetime-local"
          class="input-short"
          value={typed.until}
          error={errors.until}
        />
        <TimeZone zone={typed.zone || "UTC"} />
        <div>
          <button type="submit" class="button" name="action" value="sanction">Do it</button>
        </div>
      </form>
    </section>
  );
}

function Sanctions({ sanctions }: { sanctions: Sanction[] }) {
  return (
    <section class="panel" aria-labelledby="sanctions">
      <h2 id="sanctions">What was done before</h2>
      {sanctions.length === 0 ? <p class="soft">Nothing.</p> : (
        <ul class="people">
          {sanctions.map((one) => (
            <li key={one.id}>
              <span class="name">
                <span>
                  {one.kind === "warn"
                    ? "Warned"
                    : <Ending word={one.kind === "mute" ? "Muted" : "Suspended"} until={one.until} />}
                </span>
                <span class="small">“{one.reason}”</span>
                <span class="soft small">
                  by @{one.by}, <Time value={one.createdAt} />
                </span>
              </span>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
