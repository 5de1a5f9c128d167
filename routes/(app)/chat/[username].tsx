import { type Context, page } from "fresh";
import { ChatStyle } from "../../../components/ChatStyle.tsx";
import { ChatTalks, talkPath } from "../../../components/ChatTalks.tsx";
import { Avatar } from "../../../components/Avatar.tsx";
import { SearchForm } from "../../../components/ChatSearch.tsx";
import { Check, SelectField } from "../../../components/Field.tsx";
import { Icon } from "../../../components/Icon.tsx";
import { Notice } from "../../../components/Notice.tsx";
import { OpenBetween } from "../../../components/OpenBetween.tsx";
import { PersonName } from "../../../components/PersonName.tsx";
import { Time } from "../../../components/Time.tsx";
import { Filled, useWords } from "../../../components/words.tsx";
import Talk from "../../../islands/Talk.tsx";
import { type Absence, type ChatNotify, type ChatPage, Refusal } from "../../../lib/protocol/mod.ts";
import { contentPath, shownAs } from "../../../lib/text/mod.ts";
import { definePerson, type PersonState } from "../../../lib/web/define.ts";
import { attachChoice } from "../../../lib/web/forms/attachments.ts";
import { absentOf, actInTalk, openBetween, talkAddress, talkPage } from "../../../lib/web/forms/chat.ts";
import { type FormProblem, problemOf, readForm } from "../../../lib/web/forms/form.ts";
import { noPage, refusedPage, seeOther } from "../../../lib/web/pages.ts";
import { fill, someWords, type Words } from "../../../lib/words/mod.ts";

const picturesShown = 6;

interface Typed {
  body: string;
  reply: string | null;
  attachments: string[];
}

const nothingTyped: Typed = { body: "", reply: null, attachments: [] };

export const handler = definePerson.handlers({
  GET: async (ctx) =>
    page(await shown(ctx, { ...nothingTyped, reply: ctx.url.searchParams.get("reply") }, null)),
  async POST(ctx) {
    const form = await readForm(ctx.req);
    // Enter in a form without scripts presses its first button; the composer's is this one.
    const action = form instanceof Refusal ? "" : form.get("action") ?? "send";
    if (!(form instanceof Refusal) && action === "reply") {
      const { with: other, thread = null } = talkAddress(ctx);
      const path = talkPath(other, thread);
      const id = encodeURIComponent(form.get("id") ?? "");
      return seeOther(`${path}${thread === null ? "?" : "&"}reply=${id}#body`);
    }
    const done = form instanceof Refusal ? form : await actInTalk(ctx, action, form);
    if (!(done instanceof Refusal)) {
      const { with: other, thread = null } = talkAddress(ctx);
      const command = thread !== null && form instanceof URLSearchParams && form.get("back") === "command"
        ? await commandOf(ctx, thread)
        : null;
      if (command !== null) return seeOther(`${command.path}#command-talk`);
      const path = talkPath(other, thread);
      return seeOther(`${path}${thread === null ? "?" : "&"}notice=${encodeURIComponent(action)}#latest`);
    }
    const typed = form instanceof Refusal || action !== "send" ? nothingTyped : {
      body: form.get("body") ?? "",
      reply: form.get("about"),
      attachments: form.getAll("attachments"),
    };
    return page(await shown(ctx, typed, problemOf(done, ctx.state.language)), refusedPage(done));
  },
});

async function shown(ctx: Context<PersonState>, typed: Typed, problem: FormProblem | null) {
  const { chat, contacts, preferences, config, clock } = ctx.state.services;
  const { caller } = ctx.state;
  const talk = await talkPage(ctx);
  if (talk instanceof Refusal) throw noPage(talk);
  const [{ talks }, known, own, absent, files, open] = await Promise.all([
    chat.talks(caller),
    contacts.list(caller),
    preferences.get(caller),
    absentOf(ctx, talk.messages),
    attachChoice(ctx, typed.attachments),
    openBetween(ctx, talk.with.username),
  ]);
  const command = talk.thread === null ? null : await commandOf(ctx, talk.thread);
  const contact = known.contacts.find(({ username }) => username === talk.with.username);
  return {
    talk,
    talks,
    absent,
    files,
    open,
    typed: typed.body,
    reply: [...talk.messages, ...talk.quoted ?? []].find(({ id }) => id === typed.reply)?.id ?? null,
    problem: problem?.message ?? null,
    online: contact?.online === true,
    shares: { read: own.shareRead === true, writing: own.shareWriting === true },
    command,
    newest: !ctx.url.searchParams.has("before") && !ctx.url.searchParams.has("at"),
    me: caller.username,
    days: config.retentionDays,
    now: clock.now(),
    language: ctx.state.language,
  };
}

/** The command of a thread: its page, and its title unless it is sealed. */
async function commandOf(ctx: Context<PersonState>, id: string) {
  const detail = await ctx.state.services.commands.get(ctx.state.caller, { id });
  if (detail instanceof Refusal) return null;
  const { command, state } = detail;
  return {
    path: state === undefined ? `/sent/${id}` : `/history/${id}`,
    title: "sealed" in command ? null : command.title,
  };
}

/** Only these words, never text from the address. */
function noticeOf(words: Words["chat"], notice: string | null): string | undefined {
  switch (notice) {
    case "retract":
      return words.retractedDone;
    case "read":
      return words.readDone;
    case "share":
      return words.saved;
    default:
      return undefined;
  }
}

/** What one can be told about; a thread is as its person's talk until something is chosen for it. */
function notifyOptions(words: Words["chat"], { thread, with: { displayName } }: ChatPage) {
  const options: [ChatNotify | "", string][] = [
    ["all", words.notifyAll],
    ["mentions", words.notifyMentions],
    ["none", words.notifyNone],
  ];
  if (thread !== null) options.unshift(["", fill(words.notifyAs, { name: displayName })]);
  return options;
}

/** Pictures of the page that are there, the newest first. */
function Pictures({ messages, absent }: { messages: ChatPage["messages"]; absent: Record<string, Absence> }) {
  const words = useWords("chat");
  const pictures = messages.flatMap(({ attachments }) => attachments)
    .filter(({ fileId, type }) => shownAs(type) === "image" && absent[fileId] === undefined)
    .reverse().slice(0, picturesShown);
  if (pictures.length === 0) return null;
  return (
    <>
      <h2>{words.pictures}</h2>
      <ul class="talk-pictures">
        {pictures.map(({ fileId, name }) => (
          <li key={fileId}>
            <a href={contentPath(fileId, name)} target="_blank" rel="noopener">
              <img src={contentPath(fileId, name)} alt={name} loading="lazy" data-fresh-disable-lock="true" />
            </a>
          </li>
        ))}
      </ul>
    </>
  );
}

export default definePerson.page<typeof handler>(function TalkPage({ data, url }) {
  const words = useWords("chat");
  const lists = useWords("lists");
  const { talk, talks, me, days, newest, shares } = data;
  const { username, displayName } = talk.with;
  const here = talkPath(username, talk.thread);
  const last = talk.messages.findLast(({ from }) => from.username !== me);
  const unread = last !== undefined && (talk.readUpTo === null || last.id > talk.readUpTo);
  const notice = data.problem === null ? noticeOf(words, url.searchParams.get("notice")) : undefined;
  return (
    <div class="talk-room wide">
      <ChatStyle />
      <div class="talk-page">
        <div class="talk-list">
          <SearchForm q="" />
          <ChatTalks talks={talks} me={me} here={here} now={data.now} />
        </div>
        <section class="talk" aria-labelledby="talk-title">
          <header class="talk-head">
            <a href="/chat" class="talk-back" aria-label={words.back}>
              <Icon name="left" />
            </a>
            <Avatar username={username} name={displayName} size={32} />
            <h1 id="talk-title" aria-label={fill(words.with, { name: displayName })}>
              <PersonName username={username} displayName={displayName} />
            </h1>
            {data.online ? <span class="soft small">{lists.online}</span> : null}
            {data.command === null ? null : (
              <a class="small private" href={data.command.path}>
                {data.command.title === null
                  ? words.aboutCommand
                  : fill(words.about, { title: data.command.title })}
              </a>
            )}
          </header>
          {notice === undefined ? null : <Notice>{notice}</Notice>}
          {talk.next === null ? null : (
            <p class="talk-older">
              <a href={`${here}${talk.thread === null ? "?" : "&"}before=${talk.next}`}>{words.older}</a>
            </p>
          )}
          <Talk
            me={me}
            page={talk}
            absent={data.absent}
            now={data.now}
            newest={newest}
            typed={data.typed}
            reply={data.reply}
            problem={data.problem}
            showsWriting={shares.writing}
            files={data.files}
            words={someWords(data.language, [
              "chat",
              "commands",
              "failures",
              "file",
              "reports",
              "upload",
            ])}
          />
          {newest ? null : (
            <p class="talk-older">
              <a href={`${here}#latest`}>{words.backToNewest}</a>
            </p>
          )}
          {talk.held === undefined ? null : (
            <p class="soft small">
              {talk.held.until === null
                ? words.held
                : <Filled text={words.heldUntil} time={<Time value={talk.held.until} />} />}
            </p>
          )}
          {unread && newest
            ? (
              <noscript>
                <form method="post" action={here}>
                  <input type="hidden" name="upTo" value={last.id} />
                  <button type="submit" class="button" name="action" value="read">{words.markRead}</button>
                </form>
              </noscript>
            )
            : null}
        </section>
        <aside class="talk-side" aria-label={fill(words.beside, { name: displayName })}>
          <OpenBetween open={data.open} other={talk.with} now={data.now} />
          <h2>{words.yours}</h2>
          <form class="form" method="post" action={here}>
            <SelectField
              name="notify"
              label={words.notify}
              value={talk.notify ?? ""}
              options={notifyOptions(words, talk)}
            />
            <Check name="shareRead" label={words.shareRead} checked={shares.read} />
            <Check
              name="shareWriting"
              label={words.shareWriting}
              hint={words.shareHint}
              checked={shares.writing}
            />
            <div>
              <button type="submit" class="button" name="action" value="share">{words.save}</button>
            </div>
          </form>
          <Pictures messages={talk.messages} absent={data.absent} />
          <p>
            <a href={`/contacts/${encodeURIComponent(username)}`}>
              {fill(words.rules, { name: displayName })}
            </a>
          </p>
          <p class="soft small">{fill(words.kept, { days })}</p>
        </aside>
      </div>
    </div>
  );
});
