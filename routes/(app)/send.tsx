import { type Context, page } from "fresh";
import { Check, Group, SelectField } from "../../components/Field.tsx";
import { ProblemNotice } from "../../components/Notice.tsx";
import { Preview } from "../../components/Preview.tsx";
import { CategoryFields, RequiresFields, TimeFields, WhatFields } from "../../components/SendFields.tsx";
import Attach from "../../islands/Attach.tsx";
import Recipients from "../../islands/Recipients.tsx";
import TimeZone from "../../islands/TimeZone.tsx";
import { define, type State } from "../../lib/define.ts";
import { readForm, refusedPage, seeOther } from "../../lib/forms.ts";
import { attachChoice, attachHint } from "../../lib/page_files.ts";
import { callerOf } from "../../lib/page_caller.ts";
import { sentNotice } from "../../lib/page_sent.ts";
import { zoneOf } from "../../lib/page_zone.ts";
import { type AudienceCounts, checked, limits, methods, Refusal } from "../../lib/protocol/mod.ts";
import { draftOf, emptySend, newKey, sendProblem, type TypedSend, typedSend } from "../../lib/send_form.ts";

/** What an answer has beside the form itself. */
const nothingYet = { problem: null, preview: null as AudienceCounts | null };

export const handler = define.handlers({
  async GET(ctx) {
    const { searchParams } = ctx.url;
    const group = searchParams.get("group") ?? "";
    const typed: TypedSend = {
      ...emptySend(await zoneOf(ctx)),
      to: searchParams.get("to") ?? "",
      attachments: searchParams.getAll("attachments"),
      group,
      audience: group === "" ? "user" : "group",
    };
    return page({ ...await choices(ctx, typed), ...nothingYet, typed });
  },
  async POST(ctx) {
    const { commands } = ctx.state.services;
    const caller = callerOf(ctx.state);
    const form = await readForm(ctx.req);
    const draft = form instanceof Refusal ? form : checked(methods["command.send"].params, draftOf(form));
    if (!(form instanceof Refusal || draft instanceof Refusal) && form.get("do") === "preview") {
      const preview = await commands.preview(caller, draft);
      if (!(preview instanceof Refusal)) {
        const typed = typedSend(form);
        return page({ ...await choices(ctx, typed), ...nothingYet, typed, preview });
      }
      const typed = typedSend(form);
      const problem = sendProblem(preview, typed);
      return page({ ...await choices(ctx, typed), ...nothingYet, typed, problem }, refusedPage(preview));
    }
    const sent = draft instanceof Refusal ? draft : await commands.send(caller, draft);
    if (!(sent instanceof Refusal)) {
      return seeOther(`/sent?notice=${sentNotice(sent.command)}`);
    }
    const typed = form instanceof Refusal ? emptySend() : typedSend(form);
    // The same form with other words: what was sent before stays sent, and this becomes a new command.
    if (sent.kind === "conflict") typed.key = newKey();
    const problem = sendProblem(sent, typed);
    return page({ ...await choices(ctx, typed), ...nothingYet, typed, problem }, refusedPage(sent));
  },
});

/** What the form offers; without it the form still works, only with less to pick from. */
async function choices(ctx: Context<State>, typed: TypedSend) {
  const { contacts, categories, groups } = ctx.state.services;
  const caller = callerOf(ctx.state);
  const [list, mine] = await Promise.all([contacts.list(caller, {}), groups.list(caller, {})]);
  return {
    contacts: list instanceof Refusal
      ? []
      : list.contacts.map(({ username, displayName }) => ({ username, displayName })),
    groups: mine instanceof Refusal ? [] : mine.groups.filter(({ role }) => role !== "member"),
    categories: (await categories.list()).categories,
    attach: await attachChoice(ctx, typed.attachments),
    mayBroadcast: caller.rights.broadcast || caller.role === "admin",
  };
}

type Choices = Awaited<ReturnType<typeof choices>>;

export default define.page<typeof handler>(function Send({ data }) {
  const { typed, problem, preview } = data;
  const errors = problem?.fields ?? {};
  return (
    <>
      <div class="page-head">
        <h1>Send</h1>
        <p class="lead">
          They decide what they take. What somebody does not want looks to you like something that waits.
        </p>
      </div>
      <ProblemNotice problem={problem} />
      <form class="form send-form" method="post" action="/send">
        <input type="hidden" name="key" value={typed.key} />
        <section class="panel" aria-label="For whom">
          <AudienceFields typed={typed} errors={errors} offered={data} />
        </section>
        <section class="panel" aria-label="What">
          <WhatFields typed={typed} errors={errors} />
        </section>
        <section class="panel" aria-label="Files">
          <Attach
            {...data.attach}
            name="attachments"
            id="attachments"
            legend="Files"
            hint={attachHint}
            most={limits.attachments}
            error={errors.attachments}
          />
        </section>
        <section class="panel" aria-label="Categories">
          <CategoryFields typed={typed} errors={errors} categories={data.categories} />
        </section>
        <details
          class="panel"
          open={["dueAt", "deliverAt", "expiresAt", "requires"].some((name) => name in errors) || typed.timed}
        >
          <summary>
            <h2>Times and answers</h2>
          </summary>
          <div class="stack">
            <TimeZone zone={typed.zone} />
            <TimeFields typed={typed} errors={errors} />
            <RequiresFields typed={typed} errors={errors} />
          </div>
        </details>
        {preview === null ? null : <Preview counts={preview} />}
        <div class="savebar">
          <button type="submit" class="button button-main">Send</button>
          <button type="submit" class="button" name="do" value="preview" formaction="/send#preview">
            Preview
          </button>
          <span class="hint">A preview says whom it would reach and sends nothing.</span>
        </div>
      </form>
    </>
  );
});

interface AudienceProps {
  typed: TypedSend;
  errors: Record<string, string>;
  offered: Choices;
}

/** Whom it is for. Who has no other way than naming people is not asked which way. */
function AudienceFields({ typed, errors, offered }: AudienceProps) {
  const { contacts, groups, categories, mayBroadcast } = offered;
  const ways = [
    ["user", "People", "Those whom you name, up to 100."],
    ...groups.length > 0 ? [["group", "A group", "Everybody who accepted being in it."]] as const : [],
    ...mayBroadcast
      ? [
        ["category", "Everyone who allows a category", "And takes commands to everyone."],
        ["all", "Everyone", "Who takes commands to everyone, and allows its categories."],
      ] as const
      : [],
  ] as const;
  const chosen = ways.some(([value]) => value === typed.audience) ? typed.audience : "user";
  const only = ways.length === 1;
  return (
    <>
      {only ? null : (
        <Group name="audience" legend="For whom" error={errors.audience}>
          {ways.map(([value, label, hint]) => (
            <Check
              key={value}
              type="radio"
              name="audience"
              value={value}
              label={label}
              hint={hint}
              checked={chosen === value}
            />
          ))}
        </Group>
      )}
      <div class="only-user">
        <Recipients value={typed.to} contacts={contacts} required={only} error={errors.to} />
      </div>
      {groups.length === 0 ? null : (
        <div class="only-group">
          <SelectField
            name="group"
            label="Group"
            value={typed.group}
            error={errors.group}
            options={groups.map(({ name, title, members }) => [name, `${title} (${members})`])}
          />
        </div>
      )}
      {mayBroadcast
        ? (
          <div class="only-category">
            <SelectField
              name="audienceCategory"
              label="Category"
              value={typed.audienceCategory}
              error={errors.audienceCategory}
              options={categories.map(({ slug, title }) => [slug, title])}
            />
          </div>
        )
        : null}
    </>
  );
}
