import { type Context, page } from "fresh";
import { PageHead } from "../../components/PageHead.tsx";
import { Empty, ProblemNotice } from "../../components/Notice.tsx";
import { Pages, pathWith } from "../../components/Pages.tsx";
import { SentFilters, SentViews } from "./(_parts)/SentFilters.tsx";
import { SentReviews } from "../../components/SentReviews.tsx";
import { SentRow } from "../../components/SentRow.tsx";
import { SentStyle } from "../../components/SentStyle.tsx";
import { useWords } from "../../components/words.tsx";
import Live from "../../islands/Live.tsx";
import { readSentAction, typedReview } from "../../lib/browser/mod.ts";
import { shownCategories } from "../../lib/web/categories.ts";
import { definePerson, type PersonState } from "../../lib/web/define.ts";
import { problemOf, readForm } from "../../lib/web/forms/form.ts";
import { refusedPage, seeOther, zoneOf } from "../../lib/web/pages.ts";
import { absentFiles } from "../../lib/web/forms/attachments.ts";
import { isEditable } from "../../lib/web/forms/edit.ts";
import { changeSent, noticeOf } from "../../lib/web/forms/sent.ts";
import { hasMore, isFiltered, readSentFilter, sentParams } from "../../lib/web/forms/sent_filter.ts";
import { checked, type CommandPage, type ListItem, methods, Refusal } from "../../lib/protocol/mod.ts";

/** Rows of one page. */
const rows = 25;
/** Parts of the history that one search looks through before it asks to go on. */
const parts = 10;

export const handler = definePerson.handlers({
  GET: async (ctx) => page({ ...await outbox(ctx), problem: null }),
  async POST(ctx) {
    const form = await readForm(ctx.req);
    const done = form instanceof Refusal ? form : await changeSent(ctx, readSentAction(form));
    if (!(done instanceof Refusal)) return seeOther(`/sent?notice=${done}`);
    const id = form instanceof Refusal ? "" : form.get("id") ?? "";
    const typed = form instanceof Refusal ? undefined : typedReview(form);
    const problem = { id, message: problemOf(done, ctx.state.language).message, typed };
    return page({ ...await outbox(ctx), problem }, refusedPage(done));
  },
});

/** What waits for a review, and the commands that the address asks for. */
async function outbox(ctx: Context<PersonState>) {
  const { clock, commands, contacts, profiles } = ctx.state.services;
  const { caller, language } = ctx.state;
  const filter = readSentFilter(ctx.url.searchParams);
  const before = ctx.url.searchParams.get("before");
  const params = checked(methods["command.list"].params, {
    ...sentParams(filter, await zoneOf(ctx)),
    limit: rows,
    ...(before === null ? {} : { before }),
  });
  const [waiting, list, people, known] = await Promise.all([
    commands.list(caller, { box: "outbox", view: "review" }),
    params instanceof Refusal
      ? params
      : found(async (next) =>
        await commands.list(caller, next === undefined ? params : { ...params, before: next })
      ),
    contacts.list(caller),
    shownCategories(ctx),
  ]);
  const reviews = waiting instanceof Refusal ? [] : waiting.items;
  const { items, next }: CommandPage = list instanceof Refusal ? { items: [], next: null } : list;
  const names = new Set(
    [...reviews, ...items].flatMap(({ recipients = [] }) => recipients.map(({ username }) => username)),
  );
  const [pictured, absent] = await Promise.all([
    profiles.withAvatar(caller, [...names]),
    absentFiles(ctx, [...reviews, ...items.map(({ command }): Pick<ListItem, "command"> => ({ command }))]),
  ]);
  return {
    filter,
    isNewest: before === null,
    reviews,
    items,
    next,
    pictured,
    absent,
    contacts: people.contacts,
    categories: known,
    now: clock.now(),
    unread: list instanceof Refusal ? problemOf(list, language) : null,
  };
}

/** The first part of the history that has something to show. */
async function found(
  read: (before: string | undefined) => Promise<CommandPage | Refusal>,
): Promise<CommandPage | Refusal> {
  let list = await read(undefined);
  for (let part = 1; part < parts && !(list instanceof Refusal); part++) {
    if (list.items.length > 0 || list.next === null) break;
    list = await read(list.next);
  }
  return list;
}

export default definePerson.page<typeof handler>(function SentPage({ data, url }) {
  const words = useWords("sent");
  const { filter, items, next, now, pictured, absent, problem } = data;
  const isAsked = isFiltered(filter);
  const here = data.reviews.some(({ command }) => command.id === problem?.id);
  const pages = (before: string | null) => pathWith("sent", { ...filter, before });
  return (
    <>
      <SentStyle />
      <Live on="command.changed" />
      <PageHead title={words.title} notice={noticeOf(words, url)} problem={data.unread} />
      <ProblemNotice problem={here ? null : problem} />
      <div class="live wide" id="reviews-live" data-live>
        {data.isNewest && !isAsked
          ? (
            <SentReviews
              items={data.reviews}
              now={now}
              pictured={pictured}
              absent={absent}
              problem={problem}
            />
          )
          : null}
      </div>
      <section class="panel wide sent-list" aria-labelledby="everything">
        <div class="section-head">
          <h2 id="everything">{words.everything}</h2>
          <SentViews filter={filter} />
        </div>
        <SentFilters
          filter={filter}
          more={hasMore(filter)}
          contacts={data.contacts}
          categories={data.categories}
          errors={data.unread?.fields ?? {}}
        />
        <div class="live" id="sent-live" data-live>
          {items.length > 0
            ? <Rows items={items} now={now} pictured={pictured} absent={absent} />
            : <Nothing filtered={isAsked} more={next !== null} />}
        </div>
        <Pages newest={data.isNewest ? null : pages(null)} older={next === null ? null : pages(next)} />
      </section>
    </>
  );
});

type RowsProps = Omit<Parameters<typeof SentRow>[0], "editable" | "item"> & { items: readonly ListItem[] };

function Rows({ items, ...rest }: RowsProps) {
  const words = useWords("sent");
  const heads = [words.command, words.to, words.standing, words.due, words.changed];
  return (
    <div class="sent-rows">
      <div class="sent-heads soft small" aria-hidden="true">
        {heads.map((head) => <span key={head}>{head}</span>)}
      </div>
      {items.map((item) => (
        <SentRow
          key={item.command.id}
          item={item}
          editable={isEditable(item)}
          {...rest}
        />
      ))}
    </div>
  );
}

function Nothing({ filtered, more }: { filtered: boolean; more: boolean }) {
  const words = useWords("sent");
  if (more || filtered) {
    return (
      <Empty title={more ? words.noneYetTitle : words.noneTitle}>
        <p>
          <a class="button" href="sent">{words.clear}</a>
        </p>
      </Empty>
    );
  }
  return (
    <Empty title={words.emptyTitle}>
      <p>{words.empty}</p>
      <p>
        <a class="button button-main" href="/send">{words.sendOne}</a>
      </p>
    </Empty>
  );
}
