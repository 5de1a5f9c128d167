import { plural } from "../lib/words/shape.ts";
import { useLanguage, useWords } from "./words.tsx";

interface InboxFilterProps {
  query: string;
  /** Rows that fit, of so many. */
  shown: number;
  count: number;
  onQuery: (query: string) => void;
}

/** Finds among the rows of this page. Only for the browser: without scripts the history is what can be searched. */
export function InboxFilter({ query, shown, count, onQuery }: InboxFilterProps) {
  const words = useWords("inbox");
  const language = useLanguage();
  return (
    <div class="field" role="search">
      <label for="inbox-filter">{words.filter}</label>
      <p class="hint" id="inbox-filter-hint">{words.filterHint}</p>
      <input
        class="input"
        type="search"
        id="inbox-filter"
        aria-describedby="inbox-filter-hint"
        autocomplete="off"
        spellcheck={false}
        value={query}
        onInput={(event) => onQuery(event.currentTarget.value)}
      />
      <p class="small" role="status">
        {query.trim() === "" ? "" : plural(language, words.filtered, count, { shown })}
      </p>
    </div>
  );
}
