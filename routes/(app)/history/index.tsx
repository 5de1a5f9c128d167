import { type Context, page } from "fresh";
import { SelectField } from "../../../components/Field.tsx";
import { Empty, ProblemNotice } from "../../../components/Notice.tsx";
import { Pages, pathWith } from "../../../components/Pages.tsx";
import { audienceText, kindTitle, plural, stateWords } from "../../../components/page_text.ts";
import { PersonName } from "../../../components/PersonName.tsx";
import { StateBadge } from "../../../components/StateBadge.tsx";
import { Time } from "../../../components/Time.tsx";
import { define, type State } from "../../../lib/define.ts";
import { problemOf } from "../../../lib/forms.ts";
import { callerOf } from "../../../lib/page_caller.ts";
import { checked, type CommandState, type ListItem, methods, Refusal } from "../../../lib/protocol/mod.ts";

export const handler = define.handlers({ GET: async (ctx) => page(await history(ctx)) });

/** States in the order in which a person looks for them. */
const states: readonly CommandState[] = [
  "completed",
  "submitted",
  "accepted",
  "returned",
  "deferred",
  "seen",
  "delivered",
  "queued",
  "scheduled",
  "declined",
  "failed",
  "expired",
  "cancelled",
  "stopped",
];

async function history(ctx: Context<State>) {
  const { commands, categories } = ctx.state.services;
  const query = ctx.url.searchParams;
  const box = query.get("box") === "outbox" ? "outbox" as const : "inbox" as const;
  const asked = {
    box,
    state: query.get("state") ?? "",
    category: query.get("category") ?? "",
    before: query.get("before"),
  };
  const params = checked(methods["command.list"].params, {
    box,
    ...asked.state === "" ? {} : { state: asked.state },
    ...asked.category === "" ? {} : { category: asked.category },
    ...asked.before === null ? {} : { before: asked.before },
  });
  const list = params instanceof Refusal ? params : await commands.list(callerOf(ctx.state), params);
  const view = { asked, categories: (await categories.list()).categories };
  return list instanceof Refusal
    ? { ...view, items: [], next: null, problem: problemOf(list) }
    : { ...view, ...list, problem: null };
}

export default define.page<typeof handler>(function History({ data, state }) {
  const { asked, items, next } = data;
  const filtered = asked.state !== "" || asked.category !== "";
  // Relative: Fresh marks a link as current by its path alone, and here only the query differs.
  const here = (over: Record<string, string | null>) =>
    pathWith("history", {
      box: asked.box === "outbox" ? "outbox" : null,
      state: asked.state,
      category: asked.category,
      ...over,
    });
  return (
    <>
      <div class="page-head">
        <h1>History</h1>
        <p class="lead">
          What was asked of you and what you asked, for{" "}
          {plural(state.services.config.retentionDays, "day", "days")}.
        </p>
      </div>
      <nav class="tabs" aria-label="Which way">
        <ul>
          {([["inbox", "To you"], ["outbox", "From you"]] as const).map(([box, name]) => (
            <li key={box}>
              <a
                href={here({ box: box === "outbox" ? box : null })}
                aria-current={asked.box === box ? "page" : undefined}
              >
                {name}
              </a>
            </li>
          ))}
        </ul>
      </nav>
      <form class="filter" method="get" action="/history">
        {asked.box === "outbox" ? <input type="hidden" name="box" value="outbox" /> : null}
        <SelectField
          name="state"
          label="State"
          value={asked.state}
          error={data.problem?.fields.state}
          options={[
            ["", "Any"],
            ...states.map((one) =>
              [one, stateWords(one, asked.box === "outbox" ? "sender" : "recipient").label] as const
            ),
          ]}
        />
        <SelectField
          name="category"
          label="Category"
          value={asked.category}
          error={data.problem?.fields.category}
          options={[["", "Any"], ...data.categories.map(({ slug, title }) => [slug, title] as const)]}
        />
        <button type="submit" class="button">Show</button>
      </form>
      <ProblemNotice problem={data.problem} />
      {items.length > 0
        ? <Rows items={items} outbox={asked.box === "outbox"} />
        : (
          <Empty title={filtered ? "Nothing like that" : "Nothing yet"}>
            {filtered
              ? (
                <p>
                  <a class="button" href={here({ state: null, category: null })}>Show everything</a>
                </p>
              )
              : <p>What is sent from now on stays readable here after it is done.</p>}
          </Empty>
        )}
      <Pages
        newest={asked.before === null ? null : here({})}
        older={next === null ? null : here({ before: next })}
      />
    </>
  );
});

function Rows({ items, outbox }: { items: ListItem[]; outbox: boolean }) {
  return (
    <section class="panel" aria-label="Commands">
      <ul class="people">
        {items.map((item) => <Row key={item.command.id} item={item} outbox={outbox} />)}
      </ul>
    </section>
  );
}

function Row({ item, outbox }: { item: ListItem; outbox: boolean }) {
  const { command } = item;
  const title = "sealed" in command ? "Sealed" : command.title || kindTitle(command.kind);
  return (
    <li>
      <span class="name">
        <a href={`${outbox ? "/sent" : "/history"}/${command.id}`}>{title}</a>
        <span class="soft small">
          {outbox ? <To item={item} /> : <PersonName {...command.from} />}
          {", "}
          <Time value={command.deliverAt ?? command.createdAt} />
        </span>
      </span>
      <span class="row">
        {command.categories.map((slug) => <span class="tag" key={slug}>{slug}</span>)}
        {outbox
          ? <Answers item={item} />
          : item.state === undefined
          ? null
          : <StateBadge state={item.state.state} reader="recipient" />}
      </span>
    </li>
  );
}

function To({ item: { command, recipients } }: { item: ListItem }) {
  const audience = "sealed" in command ? "" : audienceText(command.audience);
  if (audience !== "") return <>{audience}</>;
  const [first, ...rest] = recipients ?? [];
  if (first === undefined) return <>To people</>;
  return (
    <>
      To <PersonName username={first.username} displayName={first.displayName} />
      {rest.length === 0 ? null : ` and ${plural(rest.length, "other", "others")}`}
    </>
  );
}

function Answers({ item: { totals, recipients } }: { item: ListItem }) {
  const [only] = recipients ?? [];
  if (recipients?.length === 1 && only !== undefined) {
    return <StateBadge state={only.state} reader="sender" />;
  }
  const counts = Object.entries(totals ?? {}) as [CommandState, number][];
  return (
    <span class="soft small">
      {counts.map(([state, count]) =>
        `${count.toLocaleString("en")} ${stateWords(state, "sender").label.toLowerCase()}`
      ).join(", ")}
    </span>
  );
}
