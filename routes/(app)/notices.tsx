import { type Context, page } from "fresh";
import { NoticeList } from "../../components/NoticeList.tsx";
import { Empty } from "../../components/Notice.tsx";
import { PageHead } from "../../components/PageHead.tsx";
import { Title } from "../../components/Title.tsx";
import { Filled, useLanguage, useWords } from "../../components/words.tsx";
import NoticeWays from "../../islands/NoticeWays.tsx";
import { definePerson, type PersonState } from "../../lib/web/define.ts";
import { readForm } from "../../lib/web/forms/form.ts";
import { noPage, seeOther } from "../../lib/web/pages.ts";
import { checked, methods, Refusal } from "../../lib/protocol/mod.ts";
import { someWords } from "../../lib/words/mod.ts";

export const handler = definePerson.handlers({
  GET: async (ctx) => page(await noticesOf(ctx)),
  /** Marks all as read. */
  async POST(ctx) {
    const form = await readForm(ctx.req);
    if (form instanceof Refusal) throw noPage(form);
    const read = await ctx.state.services.notices.read(ctx.state.caller, {});
    if (read instanceof Refusal) throw noPage(read);
    return seeOther("/notices");
  },
});

async function noticesOf(ctx: Context<PersonState>) {
  const before = ctx.url.searchParams.get("before");
  const params = checked(methods["notice.list"].params, before === null ? {} : { before });
  const list = params instanceof Refusal
    ? params
    : await ctx.state.services.notices.list(ctx.state.caller, params);
  if (list instanceof Refusal) throw noPage(list);
  const people = new Set(list.notices.flatMap((notice) => "by" in notice ? [notice.by.username] : []));
  const pictured = people.size === 0
    ? people
    : await ctx.state.services.profiles.withAvatar(ctx.state.caller, [...people]);
  return { ...list, pictured, now: ctx.state.services.clock.now() };
}

export default definePerson.page<typeof handler>(function NoticesPage({ data }) {
  const words = useWords("noticesPage");
  const { title } = useWords("notices");
  const ways = useWords("ways");
  return (
    <>
      <Title text={title} />
      <PageHead title={title} lead={words.lead} />
      {data.unread === 0 ? null : (
        <form method="post">
          <button type="submit" class="button">{words.readAll}</button>
        </form>
      )}
      {data.notices.length === 0
        ? (
          <Empty title={words.none}>
            <p>{words.noneLead}</p>
          </Empty>
        )
        : <NoticeList notices={data.notices} pictured={data.pictured} now={data.now} />}
      <details class="with-scripts">
        <summary>{ways.waysTitle}</summary>
        <div class="panel stack-s">
          <p class="hint">{ways.waysLead} {ways.waysOff}</p>
          <NoticeWays words={someWords(useLanguage(), ["ways"])} />
          <p class="hint">
            <Filled text={ways.waysPush} link={<a href="/notifications">{ways.waysPushLink}</a>} />
          </p>
        </div>
      </details>
      {data.next === null ? null : (
        <p>
          <a class="button" href={`/notices?before=${data.next}`}>{words.older}</a>
        </p>
      )}
    </>
  );
});
