import { type Context, HttpError, page } from "fresh";
import { Avatar } from "../../../../components/Avatar.tsx";
import { PageHead } from "../../../../components/PageHead.tsx";
import { useLanguage, useWords } from "../../../../components/words.tsx";
import ComposeCard from "../../../../islands/ComposeCard.tsx";
import { checked, methods, Refusal } from "../../../../lib/protocol/mod.ts";
import { audienceText } from "../../../../lib/text/mod.ts";
import { definePerson, type PersonState } from "../../../../lib/web/define.ts";
import { attachChoice } from "../../../../lib/web/forms/attachments.ts";
import { changeIn, editedSend, isEditable } from "../../../../lib/web/forms/edit.ts";
import { readForm } from "../../../../lib/web/forms/form.ts";
import { refusedSend, type TypedSend, typedSend } from "../../../../lib/web/forms/send.ts";
import { noPage, refusedPage, seeOther, zoneOf } from "../../../../lib/web/pages.ts";
import { someWords } from "../../../../lib/words/mod.ts";
import { CommandSections } from "../../(_parts)/CommandSections.tsx";

/** CM-11: a sent command as a form, until somebody is handed it. */
export const handler = definePerson.handlers({
  async GET(ctx) {
    const { detail, typed } = await sent(ctx);
    if (!isEditable(detail)) return seeOther(`/sent/${detail.command.id}`);
    return page({ ...await around(ctx, detail, typed), typed, problem: null });
  },
  async POST(ctx) {
    const { detail, typed: before } = await sent(ctx);
    const { id } = detail.command;
    const form = await readForm(ctx.req);
    const change = form instanceof Refusal
      ? form
      : checked(methods["command.edit"].params, changeIn(form, id, before));
    const { caller, language, services: { commands } } = ctx.state;
    const done = change instanceof Refusal ? change : await commands.edit(caller, change);
    if (!(done instanceof Refusal)) return seeOther(`/sent/${id}?notice=edited`);
    const typed = form instanceof Refusal ? before : { ...typedSend(form), to: before.to };
    const shown = refusedSend(done, typed, language);
    return page({ ...await around(ctx, detail, typed), ...shown }, refusedPage(done));
  },
});

/** The command and the form with it as it is; for everybody but its sender there is no such page. */
async function sent(ctx: Context<PersonState>) {
  const { caller, services: { clock, commands, config } } = ctx.state;
  const params = checked(methods["command.get"].params, { id: ctx.params.id ?? "" });
  if (params instanceof Refusal) throw new HttpError(404);
  const detail = await commands.get(caller, params);
  if (detail instanceof Refusal) throw noPage(detail);
  const { command } = detail;
  if (command.from.username !== caller.username || "sealed" in command) throw new HttpError(404);
  const { retentionDays } = config;
  const typed = editedSend(detail, await zoneOf(ctx), { now: clock.now(), retentionDays });
  return { detail, command, typed };
}

async function around(
  ctx: Context<PersonState>,
  { command, recipients = [] }: Awaited<ReturnType<typeof sent>>["detail"],
  typed: TypedSend,
) {
  const { caller, services: { categories, profiles } } = ctx.state;
  const pictured = await profiles.withAvatar(caller, recipients.map(({ username }) => username));
  return {
    command,
    people: recipients.map(({ username, displayName }) => ({
      username,
      name: displayName,
      picture: pictured.has(username),
    })),
    categories: (await categories.list()).categories,
    attach: await attachChoice(ctx, typed.attachments),
    sender: { username: caller.username, displayName: caller.displayName },
  };
}

export default definePerson.page<typeof handler>(function EditSent({ data }) {
  const words = useWords("send");
  const { command, typed, problem } = data;
  const errors = problem?.fields ?? {};
  const path = `/sent/${command.id}`;
  return (
    <>
      <p>
        <a href={path}>{words.back}</a>
      </p>
      <PageHead title={words.edit} lead={words.editLead} problem={problem} />
      <form class="send-form compose wide" method="post" action={`${path}/edit`}>
        <div class="panel compose-sheet">
          <div class="compose-row">
            <To data={data} />
            <AudienceAsSent typed={typed} />
          </div>
          <CommandSections
            typed={typed}
            errors={errors}
            categories={data.categories}
            attach={data.attach}
            zoneStays
          />
          <div class="savebar compose-row">
            <button type="submit" class="button button-main">{words.save}</button>
          </div>
        </div>
        <div class="compose-side">
          <ComposeCard
            sender={data.sender}
            categories={data.categories}
            words={someWords(useLanguage(), ["send", "preview", "commands"])}
          />
        </div>
      </form>
    </>
  );
});

/** Whom it is for, which stays. */
function To({ data: { command, people } }: { data: Awaited<ReturnType<typeof around>> }) {
  const words = useWords("send");
  const audience = "sealed" in command ? "" : audienceText(useWords("commands"), command.audience);
  return (
    <div class="field">
      <p class="label" id="edit-to">{words.forWhom}</p>
      {audience !== ""
        ? <p aria-labelledby="edit-to">{audience}</p>
        : (
          <ul class="tokens" aria-labelledby="edit-to">
            {people.map(({ username, ...person }) => (
              <li class="token" key={username}>
                <Avatar username={username} {...person} size={24} />
                <bdi>{person.name}</bdi>
              </li>
            ))}
          </ul>
        )}
    </div>
  );
}

/** For the card beside the form, which counts whom it reaches; the server takes them from the command. */
function AudienceAsSent({ typed }: { typed: TypedSend }) {
  const { audience, to, group, audienceCategory } = typed;
  return (
    <>
      {Object.entries({ audience, to, group, audienceCategory }).map(([name, value]) => (
        <input type="hidden" key={name} name={name} value={value} />
      ))}
    </>
  );
}
