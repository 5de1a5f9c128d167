import { type Context, page } from "fresh";
import { useCategoryTitle } from "../../../components/category_titles.tsx";
import { usualCategory } from "../../../components/CommandFacts.tsx";
import { PageHead } from "../../../components/PageHead.tsx";
import { SelectField } from "../../../components/Field.tsx";
import { Empty, ProblemNotice } from "../../../components/Notice.tsx";
import { Pages, pathWith } from "../../../components/Pages.tsx";
import { audienceText, countedState, kindTitle, stateWords } from "../../../lib/text/mod.ts";
import { PersonName } from "../../../components/PersonName.tsx";
import { StateBadge } from "../../../components/StateBadge.tsx";
import { Time } from "../../../components/Time.tsx";
import { Filled, useLanguage, useWords } from "../../../components/words.tsx";
import { shownCategories } from "../../../lib/web/categories.ts";
import { definePerson, type PersonState } from "../../../lib/web/define.ts";
import { problemOf } from "../../../lib/web/forms/form.ts";
import { checked, type CommandState, type ListItem, methods, Refusal } from "../../../lib/protocol/mod.ts";
import { plural } from "../../../lib/words/mod.ts";

export const handler = definePerson.handlers({ GET: async (ctx) => page(await history(ctx)) });

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

async function history(ctx: Context<PersonState>) {
  const { commands } = ctx.state.services;
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
  const list = params instanceof Refusal ? params : await commands.list(ctx.state.caller, params);
  const view = { asked, categories: await shownCategories(ctx) };
  return list instanceof Refusal
    ? { ...view, items: [], next: null, problem: problemOf(list, ctx.state.language) }
    : { ...view, ...list, problem: null };
}

export default definePerson.page<typeof handler>(function History({ data, state }) {
  const words = useWords("history");
  const stateSection = useWords("commands");
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
      <PageHead
        title={words.title}
        lead={plural(state.language, words.lead, state.services.config.retentionDays)}
      />
      <nav class="tabs" aria-label={words.which}>
        <ul>
          {([["inbox", words.toYou], ["outbox", words.fromYou]] as const).map(([box, name]) => (
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
          label={words.state}
          value={asked.state}
          error={data.problem?.fields.state}
          options={[
            ["", words.any],
            ...states.map((one) =>
              [
                one,
                stateWords(stateSection, one, asked.box === "outbox" ? "sender" : "recipient").label,
              ] as const
            ),
          ]}
        />
        <SelectField
          name="category"
          label={words.category}
          value={asked.category}
          error={data.problem?.fields.category}
          options={[["", words.any], ...data.categories.map(({ slug, title }) => [slug, title] as const)]}
        />
        <button type="submit" class="button">{words.show}</button>
      </form>
      <ProblemNotice problem={data.problem} />
      {items.length > 0
        ? <Rows items={items} outbox={asked.box === "outbox"} />
        : (
          <Empty title={next !== null ? words.noneYetTitle : filtered ? words.noneTitle : words.emptyTitle}>
            {filtered
              ? (
                <p>
                  <a class="button" href={here({ state: null, category: null })}>{words.showAll}</a>
                </p>
              )
              : <p>{words.empty}</p>}
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
    <section class="panel" aria-label={useWords("history").list}>
      <ul class="people">
        {items.map((item) => <Row key={item.command.id} item={item} outbox={outbox} />)}
      </ul>
    </section>
  );
}

function Row({ item, outbox }: { item: ListItem; outbox: boolean }) {
  const words = useWords("commands");
  const titleOf = useCategoryTitle();
  const { command } = item;
  const title = "sealed" in command ? words.sealed : command.title || kindTitle(words, command.kind);
  return (
    <li>
      <span class="name">
        <a href={`${outbox ? "/sent" : "/history"}/${command.id}`}>{title}</a>
        <span class="soft small">
          <Filled
            text={useWords("history").row}
            who={outbox ? <To item={item} /> : <PersonName {...command.from} />}
            time={<Time value={command.deliverAt ?? command.createdAt} />}
          />
        </span>
      </span>
      <span class="row">
        {command.categories.filter((slug) => slug !== usualCategory).map((slug) => (
          <span class="tag" key={slug}>{titleOf(slug)}</span>
        ))}
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
  const words = useWords("history");
  const language = useLanguage();
  const commandSection = useWords("commands");
  const titleOf = useCategoryTitle();
  const audience = "sealed" in command ? "" : audienceText(commandSection, command.audience, titleOf);
  if (audience !== "") return <>{audience}</>;
  const [first, ...rest] = recipients ?? [];
  if (first === undefined) return <>{words.toPeople}</>;
  return (
    <Filled
      text={rest.length === 0 ? words.to : plural(language, words.toMore, rest.length)}
      name={<PersonName username={first.username} displayName={first.displayName} />}
    />
  );
}

function Answers({ item: { totals, recipients } }: { item: ListItem }) {
  const words = useWords("commands");
  const language = useLanguage();
  const [only] = recipients ?? [];
  if (recipients?.length === 1 && only !== undefined) {
    return <StateBadge state={only.state} reader="sender" />;
  }
  const counts = Object.entries(totals ?? {}) as [CommandState, number][];
  return (
    <span class="soft small">
      {counts.map(([state, count]) => countedState(words, language, state, count)).join(", ")}
    </span>
  );
}
