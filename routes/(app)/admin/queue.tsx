import { type Context, page } from "fresh";
import { Empty, Notice, ProblemNotice } from "../../../components/Notice.tsx";
import { pathWith } from "../../../components/Pages.tsx";
import { QueueDetailView } from "../../../components/QueueDetail.tsx";
import { QueueList } from "../../../components/QueueList.tsx";
import { QueuePerson } from "../../../components/QueuePerson.tsx";
import { Tabs } from "../../../components/Tabs.tsx";
import { useWords } from "../../../components/words.tsx";
import QueueKeys from "../../../islands/QueueKeys.tsx";
import {
  checked,
  type QueueDetail,
  queueId,
  type QueuePage,
  type QueueQuery,
  queueQuery,
  Refusal,
} from "../../../lib/protocol/mod.ts";
import { hasSingleKeys } from "../../../lib/web/browser_settings.ts";
import { definePerson, type PersonState } from "../../../lib/web/define.ts";
import { problemOf, readForm } from "../../../lib/web/forms/form.ts";
import { noDecision } from "../../../lib/text/mod.ts";
import { typedDecision, workOn } from "../../../lib/web/forms/queue.ts";
import { noPage, refusedPage, seeOther } from "../../../lib/web/pages.ts";
import { fill, type Words } from "../../../lib/words/mod.ts";

/** MO-2: the queue as a list, and the case that is open beside it. */
export const handler = definePerson.handlers({
  async GET(ctx) {
    return page({ ...await shown(ctx), typed: noDecision, problem: null });
  },
  async POST(ctx) {
    const id = itemIn(ctx.url);
    if (id === null) throw noPage(new Refusal("not_found", "queue.missing"));
    const form = await readForm(ctx.req);
    const { services, caller, language } = ctx.state;
    const reasons = await services.sanctionReasons.list(caller);
    if (reasons instanceof Refusal) throw noPage(reasons);
    // Before the decision, so that the next one is known.
    const list = await listed(ctx);
    const done = form instanceof Refusal ? form : await workOn(ctx, id, form, reasons.reasons);
    if (done instanceof Refusal) {
      const typed = form instanceof Refusal ? noDecision : typedDecision(form);
      const problem = problemOf(done, language, { actions: "sanction", reason: "text" });
      return page({ ...await shown(ctx), typed, problem }, refusedPage(done));
    }
    const leaves = done === "decided" || done === "proposed";
    return seeOther(pathWith("/admin/queue", {
      ...viewIn(ctx.url),
      item: leaves ? nextAfter(list, id) : id,
      notice: done,
      last: leaves ? id : null,
    }));
  },
});

/** The list that the address names. */
function viewIn(url: URL): { state: string | null; kind: string | null } {
  return { state: url.searchParams.get("state"), kind: url.searchParams.get("kind") };
}

function itemIn(url: URL): string | null {
  const id = queueId.safeParse(url.searchParams.get("item"));
  return id.success ? id.data : null;
}

async function listed(ctx: Context<PersonState>): Promise<QueuePage & { query: QueueQuery }> {
  const named = ["state", "kind", "after"].flatMap((name) => {
    const value = ctx.url.searchParams.get(name);
    return value === null ? [] : [[name, value]];
  });
  const query = checked(queueQuery, Object.fromEntries(named));
  if (query instanceof Refusal) throw noPage(query);
  const list = await ctx.state.services.queue.list(ctx.state.caller, query);
  if (list instanceof Refusal) throw noPage(list);
  return { ...list, query };
}

async function shown(ctx: Context<PersonState>) {
  const { services, caller } = ctx.state;
  const id = itemIn(ctx.url);
  const [list, stats, reasons] = await Promise.all([
    listed(ctx),
    services.queue.stats(caller),
    services.sanctionReasons.list(caller),
  ]);
  if (stats instanceof Refusal) throw noPage(stats);
  if (reasons instanceof Refusal) throw noPage(reasons);
  const found = id === null ? null : await services.queue.get(caller, id);
  // One that was decided elsewhere, or deleted with its account.
  const detail: QueueDetail | null = found instanceof Refusal ? null : found;
  const username = detail?.item.user ?? null;
  const user = username === null ? null : await services.users.get(caller, username);
  return {
    list,
    stats,
    reasons: reasons.reasons,
    detail,
    user: user instanceof Refusal ? null : user,
    single: hasSingleKeys(ctx.req),
    now: services.clock.now(),
  };
}

function nextAfter({ items }: QueuePage, id: string): string | null {
  const at = items.findIndex((item) => item.id === id);
  return (items[at + 1] ?? items.find((item) => item.id !== id))?.id ?? null;
}

/** Only these words, never text from the address. */
function noticeOf(words: Words["queue"], notice: string | null): string | undefined {
  switch (notice) {
    case "claimed":
      return words.doneClaimed;
    case "released":
      return words.doneReleased;
    case "decided":
      return words.doneDecided;
    case "proposed":
      return words.doneProposed;
    case "undone":
      return words.doneUndone;
    case "noted":
      return words.doneNoted;
    default:
      return undefined;
  }
}

export default definePerson.page<typeof handler>(function Queue({ data, url }) {
  const words = useWords("queue");
  const { list: { items, next, waiting, query }, detail, user, stats, typed, problem } = data;
  const view = viewIn(url);
  const here = (more: Record<string, string | null>) => pathWith("/admin/queue", { ...view, ...more });
  const notice = problem === null ? noticeOf(words, url.searchParams.get("notice")) : undefined;
  const last = queueId.safeParse(url.searchParams.get("last"));
  const open = waiting.removal + waiting.report + waiting.appeal + waiting.file + waiting.incident;
  const tab = (name: string, count: number | null, state: string | null, kind: string | null) => ({
    name: count === null ? name : `${name} ${count}`,
    href: pathWith("/admin/queue", { state, kind }),
    here: (query.state ?? "open") === (state ?? "open") && (query.kind ?? null) === kind,
  });
  return (
    <>
      <h1 class="visually-hidden">{words.title}</h1>
      {notice === undefined ? null : (
        <Notice>
          {notice} {last.success && url.searchParams.get("notice") === "decided" && last.data.length === 26
            ? <a href={pathWith("/admin/queue", { state: "decided", item: last.data })}>{words.toDecided}</a>
            : null}
        </Notice>
      )}
      <ProblemNotice problem={problem} />
      <Tabs
        label={words.views}
        tabs={[
          tab(words.all, open, null, null),
          tab(words.removals, waiting.removal, null, "removal"),
          tab(words.reports, waiting.report, null, "report"),
          tab(words.appeals, waiting.appeal, null, "appeal"),
          tab(words.files, waiting.file, null, "file"),
          tab(words.incidents, waiting.incident, null, "incident"),
          tab(words.decided, null, "decided", null),
        ]}
      />
      <QueueKeys single={data.single} />
      <div class="queue" data-open={detail === null ? undefined : "case"}>
        <QueueList
          items={items}
          open={detail?.item.id ?? null}
          hrefOf={(id) => here({ item: id, after: url.searchParams.get("after") })}
          older={next === null ? null : here({ after: next })}
          stats={stats}
          now={data.now}
          decided={query.state === "decided"}
        />
        {detail === null
          ? (
            <section class="queue-main">
              {items.length === 0 ? null : (
                <Empty title={words.choose}>
                  <p>{words.chooseHint}</p>
                </Empty>
              )}
            </section>
          )
          : (
            <QueueDetailView
              detail={detail}
              now={data.now}
              action={here({ item: detail.item.id })}
              reasons={data.reasons}
              typed={typed}
              errors={problem?.fields ?? {}}
            />
          )}
        {detail === null || user === null ? null : <QueuePerson user={user} history={detail.history} />}
      </div>
      {data.single ? <p class="soft small queue-keys">{fill(words.keys, {})}</p> : null}
    </>
  );
});
