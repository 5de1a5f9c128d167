import { type Context, page } from "fresh";
import { ReportLink } from "../../../components/ReportLink.tsx";
import { PageHead } from "../../../components/PageHead.tsx";
import { NewGroup } from "../../../components/GroupForms.tsx";
import { Empty } from "../../../components/Notice.tsx";
import { Time } from "../../../components/Time.tsx";
import { Filled, useLanguage, useWords } from "../../../components/words.tsx";
import Live from "../../../islands/Live.tsx";
import { definePerson, type PersonState } from "../../../lib/web/define.ts";
import { newGroup, noGroup } from "../../../lib/web/forms/groups.ts";
import { problemOf, readForm } from "../../../lib/web/forms/form.ts";
import { refusedPage, seeOther } from "../../../lib/web/pages.ts";
import { checked, type GroupEntry, methods, Refusal } from "../../../lib/protocol/mod.ts";
import { fill, plural, type Words } from "../../../lib/words/mod.ts";

export const handler = definePerson.handlers({
  GET: async (ctx) =>
    page({ ...await ctx.state.services.groups.list(ctx.state.caller), typed: noGroup, problem: null }),
  async POST(ctx) {
    const form = await readForm(ctx.req);
    const action = form instanceof Refusal ? "" : form.get("action") ?? "";
    if (action === "create") return await create(ctx, form);
    const done = form instanceof Refusal ? form : await act(ctx, action, form.get("group") ?? "");
    if (!(done instanceof Refusal)) return seeOther(`/groups?notice=${action}`);
    return page({
      ...await ctx.state.services.groups.list(ctx.state.caller),
      typed: noGroup,
      problem: problemOf(done, ctx.state.language),
    }, refusedPage(done));
  },
});

/** BR-7: members create groups where the configuration lets them; the service refuses elsewhere. */
async function create(ctx: Context<PersonState>, form: URLSearchParams | Refusal) {
  const { typed, made } = await newGroup(ctx, form);
  if (!(made instanceof Refusal)) return seeOther(`/groups/${made.name}?notice=created`);
  const list = await ctx.state.services.groups.list(ctx.state.caller);
  return page({ ...list, typed, problem: problemOf(made, ctx.state.language) }, refusedPage(made));
}

async function act(ctx: Context<PersonState>, action: string, group: string) {
  const { groups } = ctx.state.services;
  const caller = ctx.state.caller;
  const params = checked(methods["group.accept"].params, { group });
  if (params instanceof Refusal) return params;
  switch (action) {
    case "accept":
      return await groups.accept(caller, params);
    case "decline":
    case "leave":
      return await groups.leave(caller, params);
    default:
      return new Refusal("invalid_params", "form.buttons");
  }
}

/** Only these words, never text from the address. */
function noticeOf(words: Words["groups"], notice: string | null): string | undefined {
  switch (notice) {
    case "accept":
      return words.accepted;
    case "decline":
      return words.declined;
    case "leave":
      return words.left;
    case "ended":
      return words.ended;
    default:
      return undefined;
  }
}

export default definePerson.page<typeof handler>(function Groups({ data, state, url }) {
  const words = useWords("groups");
  const notice = data.problem === null ? noticeOf(words, url.searchParams.get("notice")) : undefined;
  const { groups, invitations } = data;
  const mayCreate = state.services.config.groups === "members";
  return (
    <>
      <PageHead title={words.title} lead={words.lead} notice={notice} problem={data.problem} />
      <Live on="group.changed" />
      <div class="live" id="memberships" data-live>
        {invitations.length === 0 ? null : (
          <section class="panel" aria-labelledby="invitations">
            <h2 id="invitations">{words.invitations}</h2>
            <ul class="people">
              {invitations.map((group) => (
                <li key={group.name}>
                  <Facts group={group} />
                  <ReportLink kind="group" id={group.name} name={group.title} look="button button-quiet" />
                  <Answer
                    group={group}
                    choices={[["accept", words.accept, true], ["decline", words.decline, false]]}
                  />
                </li>
              ))}
            </ul>
          </section>
        )}
        {groups.length === 0
          ? invitations.length === 0
            ? (
              <Empty title={words.emptyTitle}>
                <p>{mayCreate ? words.emptyOwn : words.empty}</p>
              </Empty>
            )
            : null
          : (
            <section class="panel" aria-labelledby="groups">
              <h2 id="groups">{words.yours}</h2>
              <ul class="people">
                {groups.map((group) => (
                  <li key={group.name}>
                    <Facts group={group} />
                    <div class="row">
                      {group.role === "member" ? null : (
                        <a
                          class="button"
                          href={`/send?group=${encodeURIComponent(group.name)}`}
                          aria-label={fill(words.sendTo, { group: group.title })}
                        >
                          {words.send}
                        </a>
                      )}
                      {group.role === "owner"
                        ? (
                          <a
                            class="button"
                            href={`/groups/${encodeURIComponent(group.name)}`}
                            aria-label={fill(words.membersOf, { group: group.title })}
                          >
                            {words.members}
                          </a>
                        )
                        : null}
                      <a
                        class="button button-quiet"
                        href={`/groups/${encodeURIComponent(group.name)}/rules`}
                        aria-label={fill(words.rulesFor, { group: group.title })}
                      >
                        {words.rules}
                      </a>
                      <ReportLink
                        kind="group"
                        id={group.name}
                        name={group.title}
                        look="button button-quiet"
                      />
                      <Answer group={group} choices={[["leave", words.leave, false]]} />
                    </div>
                  </li>
                ))}
              </ul>
            </section>
          )}
      </div>
      {mayCreate
        ? <NewGroup action="/groups" typed={data.typed} errors={data.problem?.fields ?? {}} />
        : null}
    </>
  );
});

const roleText = { member: "memberSince", sender: "senderSince", owner: "ownerSince" } as const;
const invitedText = { member: "memberInvited", sender: "senderInvited", owner: "ownerInvited" } as const;

function Facts({ group }: { group: GroupEntry }) {
  const words = useWords("groups");
  const text = words[(group.since === null ? invitedText : roleText)[group.role]];
  return (
    <span class="name">
      <span>
        <strong>{group.title}</strong> <span class="soft">{group.name}</span>
      </span>
      <span class="soft small">
        <Filled
          text={text}
          members={plural(useLanguage(), words.count, group.members)}
          time={<Time value={group.since ?? ""} />}
        />
      </span>
    </span>
  );
}

/** Buttons about one group: what they post, what they say, and whether it is the main one. */
function Answer({ group, choices }: { group: GroupEntry; choices: [string, string, boolean][] }) {
  const words = useWords("groups");
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
          aria-label={fill(words.about, { action: label, group: group.title })}
        >
          {label}
        </button>
      ))}
    </form>
  );
}
