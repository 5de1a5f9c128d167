import { type Context, page } from "fresh";
import { Check, Group, SelectField } from "../../components/Field.tsx";
import { ProblemNotice } from "../../components/Notice.tsx";
import { Preview } from "../../components/Preview.tsx";
import { CategoryFields, RequiresFields, TimeFields, WhatFields } from "../../components/SendFields.tsx";
import { useLanguage, useWords } from "../../components/words.tsx";
import Attach from "../../islands/Attach.tsx";
import Recipients from "../../islands/Recipients.tsx";
import TimeZone from "../../islands/TimeZone.tsx";
import { definePerson, type PersonState } from "../../lib/web/define.ts";
import { readForm } from "../../lib/web/forms/form.ts";
import { refusedPage, seeOther, zoneOf } from "../../lib/web/pages.ts";
import { attachChoice } from "../../lib/web/forms/attachments.ts";
import { sentNotice } from "../../lib/web/forms/sent.ts";
import { type AudienceCounts, checked, limits, methods, Refusal } from "../../lib/protocol/mod.ts";
import {
  draftOf,
  emptySend,
  newKey,
  sendProblem,
  type TypedSend,
  typedSend,
} from "../../lib/web/forms/send.ts";
import { fill, someWords } from "../../lib/words/mod.ts";

/** What an answer has beside the form itself. */
const nothingYet = { problem: null, preview: null as AudienceCounts | null };

export const handler = definePerson.handlers({
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
    const caller = ctx.state.caller;
    const form = await readForm(ctx.req);
    const draft = form instanceof Refusal ? form : checked(methods["command.send"].params, draftOf(form));
    if (!(form instanceof Refusal || draft instanceof Refusal) && form.get("do") === "preview") {
      const preview = await commands.preview(caller, draft);
      if (!(preview instanceof Refusal)) {
        const typed = typedSend(form);
        return page({ ...await choices(ctx, typed), ...nothingYet, typed, preview });
      }
      const typed = typedSend(form);
      const problem = sendProblem(preview, typed, ctx.state.language);
      return page({ ...await choices(ctx, typed), ...nothingYet, typed, problem }, refusedPage(preview));
    }
    const sent = draft instanceof Refusal ? draft : await commands.send(caller, draft);
    if (!(sent instanceof Refusal)) {
      return seeOther(`/sent?notice=${sentNotice(sent.command)}`);
    }
    const typed = form instanceof Refusal ? emptySend() : typedSend(form);
    // The same form with other words: what was sent before stays sent, and this becomes a new command.
    if (sent.kind === "conflict") typed.key = newKey();
    const problem = sendProblem(sent, typed, ctx.state.language);
    return page({ ...await choices(ctx, typed), ...nothingYet, typed, problem }, refusedPage(sent));
  },
});

/** What the form offers; without it the form still works, only with less to pick from. */
async function choices(ctx: Context<PersonState>, typed: TypedSend) {
  const { contacts, categories, groups } = ctx.state.services;
  const caller = ctx.state.caller;
  const [list, mine] = await Promise.all([contacts.list(caller), groups.list(caller)]);
  return {
    contacts: list.contacts.map(({ username, displayName }) => ({ username, displayName })),
    groups: mine.groups.filter(({ role }) => role !== "member"),
    categories: (await categories.list()).categories,
    attach: await attachChoice(ctx, typed.attachments),
    mayBroadcast: caller.rights.broadcast || caller.role === "admin",
  };
}

type Choices = Awaited<ReturnType<typeof choices>>;

export default definePerson.page<typeof handler>(function Send({ data }) {
  const words = useWords("send");
  const { typed, problem, preview } = data;
  const errors = problem?.fields ?? {};
  return (
    <>
      <div class="page-head">
        <h1>{words.title}</h1>
        <p class="lead">{words.lead}</p>
      </div>
      <ProblemNotice problem={problem} />
      <form class="form send-form" method="post" action="/send">
        <input type="hidden" name="key" value={typed.key} />
        <section class="panel" aria-label={words.forWhom}>
          <AudienceFields typed={typed} errors={errors} offered={data} />
        </section>
        <section class="panel" aria-label={words.what}>
          <WhatFields typed={typed} errors={errors} />
        </section>
        <section class="panel" aria-label={words.files}>
          <Attach
            {...data.attach}
            name="attachments"
            id="attachments"
            legend={words.files}
            hint={fill(useWords("upload").attachHint, { count: limits.attachments })}
            most={limits.attachments}
            error={errors.attachments}
            words={someWords(useLanguage(), ["file", "upload"])}
          />
        </section>
        <section class="panel" aria-label={words.categories}>
          <CategoryFields typed={typed} errors={errors} categories={data.categories} />
        </section>
        <details
          class="panel"
          open={["dueAt", "deliverAt", "expiresAt", "requires"].some((name) => name in errors) || typed.timed}
        >
          <summary>
            <h2>{words.timesAndAnswers}</h2>
          </summary>
          <div class="stack">
            <TimeZone zone={typed.zone} words={someWords(useLanguage(), ["inputs"])} />
            <TimeFields typed={typed} errors={errors} />
            <RequiresFields typed={typed} errors={errors} />
          </div>
        </details>
        {preview === null ? null : <Preview counts={preview} />}
        <div class="savebar">
          <button type="submit" class="button button-main">{words.title}</button>
          <button type="submit" class="button" name="do" value="preview" formaction="/send#preview">
            {words.preview}
          </button>
          <span class="hint">{words.previewHint}</span>
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
  const words = useWords("send");
  const { contacts, groups, categories, mayBroadcast } = offered;
  const ways = [
    ["user", words.people, words.peopleHint],
    ...groups.length > 0 ? [["group", words.aGroup, words.aGroupHint]] as const : [],
    ...mayBroadcast
      ? [
        ["category", words.allowing, words.allowingHint],
        ["all", words.everyone, words.everyoneHint],
      ] as const
      : [],
  ] as const;
  const chosen = ways.some(([value]) => value === typed.audience) ? typed.audience : "user";
  const only = ways.length === 1;
  return (
    <>
      {only ? null : (
        <Group name="audience" legend={words.forWhom} error={errors.audience}>
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
        <Recipients
          value={typed.to}
          contacts={contacts}
          required={only}
          error={errors.to}
          words={someWords(useLanguage(), ["inputs"])}
        />
      </div>
      {groups.length === 0 ? null : (
        <div class="only-group">
          <SelectField
            name="group"
            label={words.group}
            value={typed.group}
            error={errors.group}
            options={groups.map((
              { name, title, members },
            ) => [name, fill(words.groupOption, { title, count: members })])}
          />
        </div>
      )}
      {mayBroadcast
        ? (
          <div class="only-category">
            <SelectField
              name="audienceCategory"
              label={words.category}
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
