import { useWords } from "./words.tsx";

interface PagesProps {
  /** Where the newest ones are; null when this is it. */
  newest: string | null;
  older: string | null;
  words?: readonly [newest: string, older: string];
}

/** The ways between the pages of a list. */
export function Pages({ newest, older, words }: PagesProps) {
  const lists = useWords("lists");
  if (newest === null && older === null) return null;
  return (
    <nav class="row" aria-label={lists.pages}>
      {newest === null ? null : <a class="button" href={newest}>{words?.[0] ?? lists.newest}</a>}
      {older === null ? null : <a class="button" href={older}>{words?.[1] ?? lists.older}</a>}
    </nav>
  );
}

/** A path with a query of what is given, in order; what is null or empty is left out. */
export function pathWith(path: string, query: Record<string, string | null | undefined>): string {
  const given = Object.entries(query).filter((entry): entry is [string, string] => Boolean(entry[1]));
  return given.length === 0 ? path : `${path}?${new URLSearchParams(given)}`;
}
