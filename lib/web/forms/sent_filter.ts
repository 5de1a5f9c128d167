import { filled, momentIn } from "./form.ts";

/** What the sent page is asked to show, as its address says it; empty texts are not asked for. */
export interface SentFilter {
  q: string;
  view: "" | "open" | "done" | "scheduled";
  /** A recipient's username. */
  to: string;
  kind: string;
  category: string;
  state: string;
  /** A day, as a date field holds it. */
  since: string;
}

export function readSentFilter(query: URLSearchParams): SentFilter {
  const field = (name: string) => filled(query, name) ?? "";
  const view = field("view");
  return {
    q: field("q"),
    view: view === "open" || view === "done" || view === "scheduled" ? view : "",
    to: field("to").replace(/^@/, "").toLowerCase(),
    kind: field("kind"),
    category: field("category"),
    state: field("state"),
    since: field("since"),
  };
}

/** What `command.list` takes for it, unchecked. A day begins at midnight in `zone`, an IANA name. */
export function sentParams(
  { q, view, to, kind, category, state, since }: SentFilter,
  zone: string,
): Record<string, unknown> {
  const given = Object.entries({ q, to, kind, category, state }).filter(([, value]) => value !== "");
  return {
    box: "outbox",
    ...(view === "scheduled" ? { state: "scheduled" } : {}),
    ...(view === "open" ? { view: "all" } : view === "done" ? { view: "done" } : {}),
    ...Object.fromEntries(given),
    ...(since === "" ? {} : { since: momentIn(`${since}T00:00`, zone) }),
  };
}

/** Whether anything is asked for, and whether something is that the page folds away. */
export function isFiltered(filter: SentFilter): boolean {
  return Object.values(filter).some((value) => value !== "");
}

export function hasMore({ to, kind, category, state, since }: SentFilter): boolean {
  return [to, kind, category, state, since].some((value) => value !== "");
}
