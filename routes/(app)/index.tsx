import { asset, Head } from "fresh/runtime";
import { type Context, page } from "fresh";
import { CommandInside, commandTitle } from "../../components/CommandCard.tsx";
import { ClearSearch, Held, InboxSearch, InboxViews } from "../../components/InboxHead.tsx";
import { dayOf, InboxRows, ManyForm, OneForm } from "../../components/InboxList.tsx";
import { InboxRow } from "../../components/InboxRow.tsx";
import { Empty, Notice, ProblemNotice } from "../../components/Notice.tsx";
import { Pages } from "../../components/Pages.tsx";
import { RichText } from "../../components/RichText.tsx";
import { useLanguage, useWords } from "../../components/words.tsx";
import Inbox from "../../islands/Inbox.tsx";
import { type InboxAsked, inboxPath, isFiltered, readInbox, viewOf } from "../../lib/browser/mod.ts";
import { stateWords } from "../../lib/text/mod.ts";
import { hasSingleKeys } from "../../lib/web/browser_settings.ts";
import { shownCategories } from "../../lib/web/categories.ts";
import { definePerson, type PersonState } from "../../lib/web/define.ts";
import { absentFiles, attachChoice } from "../../lib/web/forms/attachments.ts";
import { filled, problemOf, readForm } from "../../lib/web/forms/form.ts";
import { listParams, type Outcome, takeAnswer } from "./(_parts)/inbox_forms.ts";
import { refusedPage, seeOther, zoneOf } from "../../lib/web/pages.ts";
import {
  checked,
  type CommandState,
  commandState,
  isOpen,
  type ListItem,
  methods,
  Refusal,
} from "../../lib/protocol/mod.ts";
import { plural, someWords, wordsOf } from "../../lib/words/mod.ts";

export const handler = definePerson.handlers({
  GET: async (ctx) => page({ ...await inbox(ctx, readInbox(ctx.url.searchParams)), problem: null }),
  async POST(ctx) {
    const asked = readInbox(ctx.url.searchParams);
    const form = await readForm(ctx.req);
    if (form instanceof Refusal) {
      const problem = { message: problemOf(form, ctx.state.language).message, note: undefined };
      return page({ ...await inbox(ctx, asked), problem }, refusedPage(form));
    }
    const done = await takeAnswer(ctx, form);
    if (done.left === null) return seeOther(afterAnswer(asked, done));
    const problem = { message: leftText(ctx.state.language, done.left), note: filled(form, "note") };
    const id = filled(form, "id");
    const data = await inbox(ctx, id === undefined ? asked : { ...asked, open: id });
    return page(
      { ...data, problem },
      done.left.why instanceof Refusal ? refusedPage(done.left.why) : { status: 409 },
    );
  },
});

/** The page that follows: what was answered is named in its address, so that it can be taken back without scripts. */
function afterAnswer(asked: InboxAsked, { ids, state }: Outcome): string {
  const more = state === null ? {} : { answered: ids.join(" "), as: state };
  return inboxPath(asked, {}, more).slice(1);
}

function leftText(language: PersonState["language"], { count, why }: NonNullable<Outcome["left"]>): string {
  const { inbox, failures } = wordsOf(language);
  if (why instanceof Refusal) return problemOf(why, language).message;
  const reason = why in failures ? failures[why as keyof typeof failures] : failures.unknown;
  return plural(language, inbox.refusedSome, count, { reason });
}

async function inbox(ctx: Context<PersonState>, asked: InboxAsked) {
  const { commands, clock, profiles, config } = ctx.state.services;
  const caller = ctx.state.caller;
  const only = ctx.url.searchParams.has("only");
  const params = listParams(asked, clock.now());
  const [list, known, answered] = await Promise.all([
    params instanceof Refusal
      ? params
      : only
      ? { items: [], next: null }
      : commands.inboxList(caller, params),
    openOne(ctx, asked.open),
    answeredNow(ctx),
  ]);
  const problem = list instanceof Refusal ? problemOf(list, ctx.state.language) : null;
  const { items, next } = list instanceof Refusal ? { items: [], next: null } : list;
  // The list delivers what was still waiting when the open one was asked for.
  const opened = known ?? items.find(({ command }) => command.id === asked.open) ?? null;
  // An open row is there also where the view has no room for it, unless it was answered since.
  const isListed = opened === null || items.some(({ command }) => command.id === opened.command.id);
  const shown = isListed || !(only || isWaiting(opened)) ? items : [opened, ...items];
  const [counts, zone, absent, own, pictured, all] = await Promise.all([
    commands.inboxCounts(caller),
    zoneOf(ctx),
    absentFiles(ctx, opened === null ? [] : [opened]),
    opened === null ? { files: [], maxBytes: 0 } : attachChoice(ctx),
    profiles.withAvatar(caller, [...new Set(shown.map(({ command }) => command.from.username))]),
    shownCategories(ctx),
  ]);
  return {
    asked,
    items: shown,
    next,
    unread: problem,
    counts,
    zone,
    absent,
    own,
    pictured,
    categories: all,
    answered,
    now: clock.now(),
    retentionDays: config.retentionDays,
  };
}

/** The command whose row is open; null when there is none, or it is not the person's. */
async function openOne(ctx: Context<PersonState>, id: string): Promise<ListItem | null> {
  const params = checked(methods["command.get"].params, { id });
  if (params instanceof Refusal) return null;
  const detail = await ctx.state.services.commands.get(ctx.state.caller, params);
  if (detail instanceof Refusal || detail.state === undefined) return null;
  return { command: detail.command, state: detail.state };
}

/** Whether the person has something to do about it now. */
function isWaiting({ state }: ListItem): boolean {
  return state !== undefined && isOpen(state.state) && state.state !== "deferred";
}

/** Answers that were just given by a form and can still be taken back (CM-13). */
async function answeredNow(
  ctx: Context<PersonState>,
): Promise<{ ids: string[]; state: CommandState } | null> {
  const query = ctx.url.searchParams;
  const params = checked(methods["inbox.undo"].params, { ids: (query.get("answered") ?? "").split(" ") });
  const state = commandState.safeParse(query.get("as"));
  if (params instanceof Refusal || !state.success) return null;
  // They were given together, so one tells for all.
  const first = await ctx.state.services.commands.get(ctx.state.caller, { id: params.ids[0]! });
  if (first instanceof Refusal || first.state?.undoUntil === undefined) return null;
  return { ids: params.ids, state: state.data };
}

export default definePerson.page<typeof handler>(function InboxPage({ data, state, req }) {
  const { asked, items, now, zone, unread } = data;
  const words = useWords("inbox");
  const answers = useWords("answers");
  const commands = useWords("commands");
  const stopped = (state.stoppedSince ?? null) !== null;
  const view = viewOf(asked);
  const closeOr = (id: string) => inboxPath(asked, { open: asked.open === id ? "" : id });
  const row = (item: ListItem) => {
    const { id, from } = item.command;
    const isOpened = asked.open === id;
    return (
      <InboxRow key={id} item={item} now={now} picture={data.pictured.has(from.username)} href={closeOr(id)}>
        {isOpened
          ? (
            <div class="item-whole">
              <CommandInside
                item={item}
                now={now}
                local={false}
                zone={zone}
                absent={data.absent}
                own={data.own}
                note={data.problem?.note}
                error={data.problem?.message}
                text={"sealed" in item.command || !item.command.body
                  ? null
                  : <RichText text={item.command.body} />}
                retentionDays={data.retentionDays}
                action={inboxPath(asked).slice(1)}
                heading={<p class="item-title private">{commandTitle(commands, item.command)}</p>}
              />
            </div>
          )
          : null}
      </InboxRow>
    );
  };
  const isOpenHere = items.some(({ command }) => command.id === asked.open);
  return (
    <div class="wide inbox" id="inbox" data-stopped={stopped ? "" : undefined}>
      <Head>
        <link rel="stylesheet" href={asset("/inbox.css")} key="inbox" />
      </Head>
      <div class="inbox-stopped">
        <Empty title={answers.stoppedTitle}>
          <p>{answers.stopped}</p>
        </Empty>
      </div>
      <div class="inbox-list">
        <h1>{words.title}</h1>
        <InboxViews asked={asked} counts={data.counts} />
        <InboxSearch
          asked={asked}
          categories={data.categories}
          ownKinds={ownKinds(items)}
          errors={unread?.fields ?? {}}
        />
        <div id="inbox-news" class="stack-s">
          <ProblemNotice problem={unread ?? (isOpenHere ? null : data.problem)} />
          {data.answered === null
            ? null
            : <Answered {...data.answered} action={inboxPath({ ...asked, open: "" }).slice(1)} />}
          <Held held={data.counts.held} now={now} />
          <ClearSearch asked={asked} />
        </div>
        {items.length > 0
          ? (
            <InboxRows
              items={items}
              dayOf={view === "all" || view === "later" ? (item) => dayOf(item, now, zone) : null}
              row={row}
            />
          )
          : <ul class="items" id="inbox-rows"></ul>}
        <div id="inbox-end" class="stack">
          {items.length > 0 || unread !== null ? null : <Nothing asked={asked} />}
          <Pages
            newest={asked.before === "" ? null : inboxPath(asked, { before: "", open: "" })}
            older={data.next === null ? null : inboxPath(asked, { before: data.next, open: "" })}
            words={[words.newest, words.older]}
          />
        </div>
        <ManyForm action={inboxPath({ ...asked, open: "" }).slice(1)} />
        <OneForm action={inboxPath({ ...asked, open: "" }).slice(1)} />
      </div>
      <p class="inbox-choose">{words.choose}</p>
      <Inbox single={hasSingleKeys(req)} words={someWords(state.language, ["answers", "failures"])} />
    </div>
  );
});

/** Kinds of clients' own that are among these (CM-2). */
function ownKinds(items: readonly ListItem[]): string[] {
  const kinds = items.flatMap(({ command }) => "sealed" in command ? [] : [command.kind]);
  return [...new Set(kinds.filter((kind) => kind.startsWith("x-")))].sort();
}

function Nothing({ asked }: { asked: InboxAsked }) {
  const words = useWords("inbox");
  if (isFiltered(asked)) {
    return (
      <Empty title={words.noneTitle}>
        <p>{words.none}</p>
      </Empty>
    );
  }
  if (asked.view !== "" && asked.view !== "all") {
    return (
      <Empty title={words.emptyView}>
        <p>
          <a class="button" href="./">{words.allOpen}</a>
        </p>
      </Empty>
    );
  }
  return (
    <Empty title={words.emptyTitle}>
      <p>{words.empty}</p>
      <p class="row">
        <a class="button" href="/contacts">{words.findContact}</a>
        <a class="button button-quiet" href="/preferences">{words.preferences}</a>
      </p>
    </Empty>
  );
}

/** The way to take back what a form has just answered, where no script shows one. */
function Answered({ ids, state, action }: { ids: string[]; state: CommandState; action: string }) {
  const words = useWords("inbox");
  const commands = useWords("commands");
  const language = useLanguage();
  const { label } = stateWords(commands, state, "recipient");
  return (
    <Notice>
      <form class="row" method="post" action={action}>
        {ids.map((id) => <input type="hidden" key={id} name="ids" value={id} />)}
        <span>{plural(language, words.answeredSome, ids.length, { state: label })}</span>
        <button type="submit" class="button button-small" name="undo" value="yes">
          {useWords("answers").undo}
        </button>
      </form>
    </Notice>
  );
}
