import type { ComponentChildren } from "preact";
import type { ListItem } from "../lib/protocol/mod.ts";
import { waits } from "./CommandActions.tsx";
import { Icon } from "./Icon.tsx";
import { useWords } from "./words.tsx";

/** The parts of a view that is sorted by deadline. */
const days = ["overdue", "today", "tomorrow", "after", "none"] as const;
type Day = (typeof days)[number];

const dayMs = 24 * 3600_000;

/** In which part a command is, for a person in that time zone. */
export function dayOf({ command: { dueAt } }: ListItem, now: number, timeZone: string): Day {
  if (dueAt === null) return "none";
  const at = Date.parse(dueAt);
  if (at < now) return "overdue";
  const dates = new Intl.DateTimeFormat("en-CA", { timeZone });
  const date = dates.format(at);
  return date === dates.format(now) ? "today" : date === dates.format(now + dayMs) ? "tomorrow" : "after";
}

interface ListProps {
  items: readonly ListItem[];
  /** Parts by deadline, or none. */
  dayOf: ((item: ListItem) => Day) | null;
  row: (item: ListItem) => ComponentChildren;
}

/** The rows, under the names of their days. The names are items too: the list stays one list. */
export function InboxRows({ items, dayOf, row }: ListProps) {
  const words = useWords("inbox");
  const names: Record<Day, string> = {
    overdue: words.dayOverdue,
    today: words.dayToday,
    tomorrow: words.dayTomorrow,
    after: words.dayAfter,
    none: words.dayNone,
  };
  const parts = dayOf === null ? [] : days.filter((day) => items.some((item) => dayOf(item) === day));
  if (dayOf === null || parts.join() === "none") {
    return (
      <>
        <h2 class="visually-hidden">{words.list}</h2>
        <ul class="items" id="inbox-rows">{items.map(row)}</ul>
      </>
    );
  }
  return (
    <ul class="items" id="inbox-rows">
      {parts.map((day) => (
        <>
          <li class="item-day" id={`day-${day}`} key={day}>
            <h2 class={day === "overdue" ? "late" : undefined}>{names[day]}</h2>
          </li>
          {items.filter((item) => dayOf(item) === day).map(row)}
        </>
      ))}
    </ul>
  );
}

/** Answers to what is ticked. Shown as soon as something is; where the stylesheet cannot tell, always. */
export function ManyForm({ action }: { action: string }) {
  const words = useWords("inbox");
  const command = useWords("command");
  return (
    <form class="many" id="many" method="post" action={action} aria-label={words.pickedLabel}>
      <p class="many-count">{words.picked}</p>
      <button type="submit" class="button" name="state" value="accepted">
        <Icon name="check" size="s" />
        {command.accept}
      </button>
      <button type="submit" class="button" name="state" value="seen">
        <Icon name="eye" size="s" />
        {command.seen}
      </button>
      <span class="many-later">
        <button type="submit" class="button" name="state" value="deferred">
          <Icon name="later" size="s" />
          {command.notNow}
        </button>
        <select class="input" name="minutes" aria-label={command.putOffFor}>
          {waits.map(([minutes, wait]) => <option key={minutes} value={minutes}>{command[wait]}</option>)}
        </select>
      </span>
      <button type="submit" class="button" name="state" value="declined">
        <Icon name="x" size="s" />
        {command.decline}
      </button>
      <button type="button" class="button with-scripts" data-pick-all="" aria-label={words.pickAll}>
        {words.all}
      </button>
      <button type="reset" class="button button-quiet" aria-label={words.pickNone}>
        <Icon name="x" size="s" />
      </button>
    </form>
  );
}

/** One answer to one row, by a button of the row. */
export function OneForm({ action }: { action: string }) {
  return (
    <form id="one" method="post" action={action}>
      <input type="hidden" name="minutes" value={waits[0][0]} />
    </form>
  );
}
