import { type Context, page } from "fresh";
import { PageHead } from "../../components/PageHead.tsx";
import { Choice, SelectField } from "../../components/Field.tsx";
import { Preview } from "../../components/Preview.tsx";
import { useLanguage, useWords } from "../../components/words.tsx";
import ComposeCard from "../../islands/ComposeCard.tsx";
import Recipients from "../../islands/Recipients.tsx";
import { AudienceCategory, CommandSections } from "./(_parts)/CommandSections.tsx";
import { shownCategories } from "../../lib/web/categories.ts";
import { definePerson, type PersonState } from "../../lib/web/define.ts";
import { readForm } from "../../lib/web/forms/form.ts";
import { refusedPage, seeOther, zoneOf } from "../../lib/web/pages.ts";
import { attachChoice } from "../../lib/web/forms/attachments.ts";
import { sentNotice } from "../../lib/web/forms/sent.ts";
import { checked, methods, Refusal } from "../../lib/protocol/mod.ts";
import {
  copiedSend,
  draftOf,
  emptySend,
  refusedSend,
  type TypedSend,
  typedSend,
} from "../../lib/web/forms/send.ts";
import { fill, someWords } from "../../lib/words/mod.ts";

export const handler = definePerson.handlers({
  async GET(ctx) {
    const { searchParams } = ctx.url;
    const group = searchParams.get("group") ?? "";
    const copied = await copyOf(ctx, searchParams.get("copy"));
    const typed: TypedSend = copied ?? {
      ...emptySend(await zoneOf(ctx)),
      to: searchParams.get("to") ?? "",
      attachments: searchParams.getAll("attachments"),
      group,
      audience: group === "" ? "user" : "group",
    };
    return page({ ...await choices(ctx, typed), typed, problem: null, preview: null });
  },
  async POST(ctx) {
    const { commands } = ctx.state.services;
    const caller = ctx.state.caller;
    const form = await readForm(ctx.req);
    if (form instanceof Refusal) return await refused(ctx, form, emptySend());
    const typed = typedSend(form);
    const draft = checked(methods["command.send"].params, draftOf(form));
    if (draft instanceof Refusal) return await refused(ctx, draft, typed);
    if (form.get("do") === "preview") {
      const preview = await commands.preview(caller, draft);
      if (preview instanceof Refusal) return await refused(ctx, preview, typed);
      return page({ ...await choices(ctx, typed), typed, problem: null, preview });
    }
    const sent = await commands.send(caller, draft);
    if (sent instanceof Refusal) return await refused(ctx, sent, typed);
    return seeOther(`/sent?notice=${sentNotice(sent.command)}`);
  },
});

/** The form filled with what the person sent before; null where there is no such command of theirs. */
async function copyOf(ctx: Context<PersonState>, id: string | null): Promise<TypedSend | null> {
  const params = id === null ? null : checked(methods["command.get"].params, { id });
  if (params === null || params instanceof Refusal) return null;
  const detail = await ctx.state.services.commands.get(ctx.state.caller, params);
  if (detail instanceof Refusal || detail.command.from.username !== ctx.state.caller.username) return null;
  return copiedSend(detail, await zoneOf(ctx));
}

async function refused(ctx: Context<PersonState>, refusal: Refusal, typed: TypedSend) {
  const shown = refusedSend(refusal, typed, ctx.state.language);
  return page({ ...await choices(ctx, typed), ...shown }, refusedPage(refusal));
}

/** What the form offers; without it the form still works, only with less to pick from. */
async function choices(ctx: Context<PersonState>, typed: TypedSend) {
  const { contacts, groups, profiles } = ctx.state.services;
  const caller = ctx.state.caller;
  const [list, mine] = await Promise.all([contacts.list(caller), groups.list(caller)]);
  const pictured = await profiles.withAvatar(caller, list.contacts.map(({ username }) => username));
  return {
    contacts: list.contacts.map(({ username, displayName }) => ({
      username,
      displayName,
      picture: pictured.has(username),
    })),
    groups: mine.groups.filter(({ role }) => role !== "member"),
    categories: await shownCategories(ctx),
    attach: await attachChoice(ctx, typed.attachments),
    sender: { username: caller.username, displayName: caller.displayName },
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
      <PageHead title={words.title} lead={words.lead} problem={problem} />
      <form class="send-form compose wide" method="post" action="/send">
        <input type="hidden" name="key" value={typed.key} />
        <div class="panel compose-sheet">
          <div class="compose-row">
            <AudienceFields typed={typed} errors={errors} offered={data} />
          </div>
          <CommandSections
            typed={typed}
            errors={errors}
            categories={data.categories}
            attach={data.attach}
          />
          <div class="savebar compose-row">
            <button type="submit" class="button button-main">{words.title}</button>
            <button type="submit" class="button" name="do" value="preview" formaction="/send#preview">
              {words.preview}
            </button>
            <span class="hint">{words.previewHint}</span>
          </div>
        </div>
        <div class="compose-side">
          <ComposeCard
            sender={data.sender}
            categories={data.categories}
            words={someWords(useLanguage(), ["send", "preview", "commands"])}
          />
          {preview === null ? null : <Preview counts={preview} />}
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
        <Choice
          name="audience"
          legend={words.forWhom}
          error={errors.audience}
          value={chosen}
          options={ways}
          class="segments"
        />
      )}
      <Recipients
        value={typed.to}
        contacts={contacts}
        groups={groups.map(({ name, title, members }) => ({ name, title, members }))}
        required={only}
        errors={{ to: errors.to, group: errors.group }}
        words={someWords(useLanguage(), ["inputs"])}
      />
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
          <AudienceCategory
            typed={typed}
            errors={errors}
            categories={categories}
            label={words.category}
          />
        )
        : null}
    </>
  );
}
