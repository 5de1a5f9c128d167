import { type Category, type CommandState, type InboxCounts, inboxViews } from "../lib/protocol/mod.ts";
import { kindTitle, stateWords } from "../lib/text/mod.ts";
import { plural } from "../lib/words/mod.ts";
import { filterNames, type InboxAsked, inboxPath, isFiltered, periods, viewOf } from "../lib/browser/mod.ts";
import { SelectField, TextField } from "./Field.tsx";
import { Icon } from "./Icon.tsx";
import { ShortTime } from "./ShortTime.tsx";
import { Time } from "./Time.tsx";
import { Filled, useLanguage, useWords } from "./words.tsx";

/** Within it, a clock's time says which one is meant. */
const dayMs = 24 * 3600_000;

/** Where a view begins: with the same search, at its first page, with nothing open. */
const begin = { before: "", open: "" };

/** The views with what is in them (UI-9). Links, so that each has an address. */
export function InboxViews({ asked, counts }: { asked: InboxAsked; counts: InboxCounts }) {
  const words = useWords("inbox");
  const here = viewOf(asked);
  return (
    <nav class="tabs inbox-views" id="inbox-views" aria-label={words.views}>
      <ul>
        {inboxViews.map((view) => {
          const count = view === "done" ? 0 : counts[view];
          return (
            <li key={view}>
              <a
                href={inboxPath(asked, { ...begin, view: view === "all" && !isFiltered(asked) ? "" : view })}
                class={view === "overdue" && count > 0 ? "late" : undefined}
                aria-current={view === here ? "page" : undefined}
              >
                {words[view]}
                {count === 0 ? null : <span class="tally">{count}</span>}
              </a>
            </li>
          );
        })}
      </ul>
    </nav>
  );
}

/** The way back from a search to the view without it. */
export function ClearSearch({ asked }: { asked: InboxAsked }) {
  const words = useWords("inbox");
  if (!isFiltered(asked)) return null;
  const none = Object.fromEntries(["q", ...filterNames].map((name) => [name, ""]));
  return (
    <p>
      <a href={inboxPath(asked, { ...none, ...begin })}>{words.clear}</a>
    </p>
  );
}

interface SearchProps {
  asked: InboxAsked;
  categories: readonly Category[];
  /** Kinds of clients' own that are shown. */
  ownKinds: readonly string[];
  errors: Readonly<Record<string, string>>;
}

const kinds = ["message", "task", "media", "link", "choice", "form", "timer"] as const;
const states: readonly CommandState[] = [
  "delivered",
  "seen",
  "accepted",
  "submitted",
  "returned",
  "deferred",
  "completed",
  "declined",
  "failed",
  "expired",
  "cancelled",
];

/** The search over everything that the person received, and its filters. A plain form: what it asks is in the address. */
export function InboxSearch({ asked, categories, ownKinds, errors }: SearchProps) {
  const words = useWords("inbox");
  const commands = useWords("commands");
  const any = ["", words.any] as const;
  const offered = [...kinds, ...ownKinds];
  if (asked.kind.startsWith("x-") && !offered.includes(asked.kind)) offered.push(asked.kind);
  const picked = filterNames.filter((name) => asked[name] !== "").length;
  return (
    <search>
      <form class="inbox-search" id="inbox-search" method="get" action="./">
        {asked.view === "" ? null : <input type="hidden" name="view" value={asked.view} />}
        <div class="inbox-words">
          <Icon name="search" />
          <input
            class="input"
            type="search"
            name="q"
            value={asked.q}
            maxLength={200}
            placeholder={words.search}
            aria-label={words.search}
            aria-keyshortcuts="/"
            autocomplete="off"
          />
          <button type="submit" class="button button-quiet">{words.searchNow}</button>
        </div>
        <details open={picked > 0}>
          <summary>
            <Icon name="filter" size="s" />
            {words.filters}
            {picked === 0 ? null : <span class="tally">{picked}</span>}
          </summary>
          <div class="filter">
            <TextField
              name="from"
              label={words.from}
              value={asked.from}
              error={errors.from}
              autocomplete="off"
              maxLength={33}
            />
            <SelectField
              name="kind"
              label={words.kind}
              value={asked.kind}
              error={errors.kind}
              options={[any, ...offered.map((kind) => [kind, kindTitle(commands, kind)] as const)]}
            />
            <SelectField
              name="category"
              label={words.category}
              value={asked.category}
              error={errors.category}
              options={[any, ...categories.map(({ slug, title }) => [slug, title] as const)]}
            />
            <SelectField
              name="state"
              label={words.state}
              value={asked.state}
              error={errors.state}
              options={[
                any,
                ...states.map((state) => [state, stateWords(commands, state, "recipient").label] as const),
              ]}
            />
            <SelectField
              name="since"
              label={words.since}
              value={asked.since}
              error={errors.since}
              options={[
                ["", words.sinceAny],
                ...(Object.keys(periods) as (keyof typeof periods)[]).map((name) =>
                  [name, name === "day" ? words.sinceDay : words.sinceWeek] as const
                ),
              ]}
            />
          </div>
        </details>
      </form>
    </search>
  );
}

/** CO-4: how many of the person's own rules hold, and until when. */
export function Held({ held, now }: { held: InboxCounts["held"]; now: number }) {
  const words = useWords("inbox");
  const language = useLanguage();
  if (held.count === 0) return null;
  const forms = held.until === null ? words.heldOpen : words.held;
  return (
    <p class="held">
      <Icon name="moon" size="s" />
      <span>
        <strong>
          <Filled
            text={plural(language, forms, held.count)}
            time={held.until === null
              ? null
              : Date.parse(held.until) - now < dayMs
              ? <ShortTime value={held.until} now={now} />
              : <Time value={held.until} />}
          />
        </strong>{" "}
        <span class="soft">{words.heldWhy}</span>
      </span>
      <a href="/preferences">{words.change}</a>
    </p>
  );
}
