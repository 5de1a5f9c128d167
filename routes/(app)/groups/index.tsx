import { type Context, page } from "fresh";
import { Empty, Notice, ProblemNotice } from "../../../components/Notice.tsx";
import { plural } from "../../../components/page_text.ts";
import { Time } from "../../../components/Time.tsx";
import { define, type State } from "../../../lib/define.ts";
import { problemOf, readForm, refusedPage, seeOther } from "../../../lib/forms.ts";
import { callerOf } from "../../../lib/page_caller.ts";
import { checked, type GroupEntry, methods, Refusal } from "../../../lib/protocol/mod.ts";

export const handler = define.handlers({
  GET: async (ctx) => page({ ...await mine(ctx), problem: null }),
  async POST(ctx) {
    const form = await readForm(ctx.req);
    const action = form instanceof Refusal ? "" : form.get("action") ?? "";
    const done = form instanceof Refusal ? form : await act(ctx, action, form.get("group") ?? "");
    if (!(done instanceof Refusal)) return seeOther(`/groups?notice=${action}`);
    return page({ ...await mine(ctx), problem: problemOf(done) }, refusedPage(done));
  },
});

async function act(ctx: Context<State>, action: string, group: string) {
  const { groups } = ctx.state.services;
  const caller = callerOf(ctx.state);
  const params = checked(methods["group.accept"].params, { group });
  if (params instanceof Refusal) return params;
  switch (action) {
    case "accept":
      return await groups.accept(caller, params);
    case "decline":
    case "leave":
      return await groups.leave(caller, params);
    default:
      return new Refusal("invalid_params", "Use the buttons of this page.");
  }
}

async function mine(ctx: Context<State>) {
  const list = await ctx.state.services.groups.list(callerOf(ctx.state), {});
  return list instanceof Refusal
    ? { groups: [], invitations: [], unread: problemOf(list) }
    : { ...list, unread: null };
}

const notices = new Map([
  ["accept", "You are in the group now. What is sent to it reaches you, as far as your preferences let it."],
  ["decline", "Declined. You are not in the group."],
  ["leave", "You left. Nothing that is sent to the group reaches you any more."],
]);

export default define.page<typeof handler>(function Groups({ data, url }) {
  const notice = data.problem === null ? notices.get(url.searchParams.get("notice") ?? "") : undefined;
  const { groups, invitations } = data;
  return (
    <>
      <div class="page-head">
        <h1>Groups</h1>
        <p class="lead">You are in a group only if you accepted, and you can leave at any time.</p>
      </div>
      {notice === undefined ? null : <Notice>{notice}</Notice>}
      <ProblemNotice problem={data.unread ?? data.problem} />
      {invitations.length === 0 ? null : (
        <section class="panel" aria-labelledby="invitations">
          <h2 id="invitations">You are invited</h2>
          <ul class="people">
            {invitations.map((group) => (
              <li key={group.name}>
                <Facts group={group} />
                <Answer
                  group={group}
                  choices={[["accept", "Accept", true], ["decline", "Decline", false]]}
                />
              </li>
            ))}
          </ul>
        </section>
      )}
      {groups.length === 0
        ? invitations.length === 0
          ? (
            <Empty title="You are in no group">
              <p>Administrators make groups, and owners invite people. Invitations show up here.</p>
            </Empty>
          )
          : null
        : (
          <section class="panel" aria-labelledby="groups">
            <h2 id="groups">Your groups</h2>
            <ul class="people">
              {groups.map((group) => (
                <li key={group.name}>
                  <Facts group={group} />
                  <div class="row">
                    {group.role === "member" ? null : (
                      <a
                        class="button"
                        href={`/send?group=${encodeURIComponent(group.name)}`}
                        aria-label={`Send to ${group.title}`}
                      >
                        Send
                      </a>
                    )}
                    {group.role === "owner"
                      ? (
                        <a
                          class="button"
                          href={`/groups/${encodeURIComponent(group.name)}`}
                          aria-label={`Members of ${group.title}`}
                        >
                          Members
                        </a>
                      )
                      : null}
                    <Answer group={group} choices={[["leave", "Leave", false]]} />
                  </div>
                </li>
              ))}
            </ul>
          </section>
        )}
    </>
  );
});

const roleWords = {
  member: "You get its commands",
  sender: "You get its commands and may send to it",
  owner: "You own it",
} as const;

const invitedAs = { member: "a member", sender: "a sender", owner: "an owner" } as const;

function Facts({ group }: { group: GroupEntry }) {
  return (
    <span class="name">
      <span>
        <strong>{group.title}</strong> <span class="soft">{group.name}</span>
      </span>
      <span class="soft small">
        {plural(group.members, "member", "members")}.{" "}
        {group.since === null ? `You would be ${invitedAs[group.role]}.` : (
          <>
            {roleWords[group.role]}, since <Time value={group.since} />.
          </>
        )}
      </span>
    </span>
  );
}

/** Buttons about one group: what they post, what they say, and whether it is the main one. */
function Answer({ group, choices }: { group: GroupEntry; choices: [string, string, boolean][] }) {
  return (
    <form class="row" method="post" action="/groups">
      <input type="hidden" name="group" value={group.name} />
      {choices.map(([action, label, main]) => (
        <button
          type="submit"
          key={action}
          class={main ? "button button-main" : "button button-quiet"}
          name="action"
          value={action}
          aria-label={`${label}: ${group.title}`}
        >
          {label}
        </button>
      ))}
    </form>
  );
}
