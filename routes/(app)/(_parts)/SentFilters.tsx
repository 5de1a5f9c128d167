import { askingKinds, type Category, type CommandState, commandStates } from "../../../lib/protocol/mod.ts";
import { kindTitle, stateWords } from "../../../lib/text/mod.ts";
import type { SentFilter } from "../../../lib/web/forms/sent_filter.ts";
import { SelectField, TextField } from "../../../components/Field.tsx";
import { pathWith } from "../../../components/Pages.tsx";
import { Icon } from "../../../components/Icon.tsx";
import { useWords } from "../../../components/words.tsx";

interface FiltersProps {
  filter: SentFilter;
  /** Whether one of those that are folded away is set. */
  more: boolean;
  contacts: readonly { username: string; displayName: string }[];
  categories: readonly Category[];
  errors: Readonly<Record<string, string>>;
}

const kinds = ["message", "task", "link", "media", ...askingKinds] as const;

/** The ways to what is open, scheduled or over, each with the other filters as they are. */
export function SentViews({ filter }: { filter: SentFilter }) {
  const words = useWords("sent");
  const views = [
    ["", words.any],
    ["open", words.open],
    ["scheduled", words.scheduledOnes],
    ["done", words.done],
  ] as const;
  return (
    <nav class="sent-views" aria-label={words.view}>
      <ul>
        {views.map(([view, name]) => (
          <li key={view}>
            <a
              class="chip"
              href={pathWith("sent", { ...filter, view })}
              aria-current={filter.view === view ? "page" : undefined}
            >
              {name}
            </a>
          </li>
        ))}
      </ul>
    </nav>
  );
}

/** Searches and filters what was sent. A plain form: its address can be kept and sent on. */
export function SentFilters({ filter, more, contacts, categories, errors }: FiltersProps) {
  const words = useWords("sent");
  const commandWords = useWords("commands");
  const states = commandStates.map((state: CommandState) =>
    [state, stateWords(commandWords, state, "sender").label] as const
  );
  return (
    <form class="sent-filters" method="get" action="/sent" role="search">
      <div class="sent-search">
        <Icon name="search" size="s" />
        <input
          class="input"
          type="search"
          name="q"
          value={filter.q}
          aria-label={words.find}
          placeholder={words.find}
          autocomplete="off"
          spellcheck={false}
        />
        <button type="submit" class="button">{words.search}</button>
      </div>
      <input type="hidden" name="view" value={filter.view} />
      <details open={more}>
        <summary class="button button-quiet">
          <Icon name="filter" size="s" />
          {words.more}
        </summary>
        <div class="filter">
          <TextField
            name="to"
            label={words.to}
            value={filter.to}
            error={errors.to}
            list="sent-people"
            autocomplete="off"
            autocapitalize="none"
            spellcheck={false}
            placeholder={words.toAnyone}
          />
          <datalist id="sent-people">
            {contacts.map(({ username, displayName }) => (
              <option key={username} value={username}>{displayName}</option>
            ))}
          </datalist>
          <SelectField
            name="kind"
            label={words.kind}
            value={filter.kind}
            error={errors.kind}
            options={[
              ["", words.anyKind],
              ...kinds.map((kind) => [kind, kindTitle(commandWords, kind)] as const),
            ]}
          />
          <SelectField
            name="category"
            label={words.category}
            value={filter.category}
            error={errors.category}
            options={[
              ["", words.anyCategory],
              ...categories.map(({ slug, title }) => [slug, title] as const),
            ]}
          />
          <SelectField
            name="state"
            label={words.state}
            value={filter.state}
            error={errors.state}
            options={[["", words.anyState], ...states]}
          />
          <TextField
            name="since"
            label={words.since}
            type="date"
            value={filter.since}
            error={errors.since}
          />
        </div>
      </details>
    </form>
  );
}
