import type { QueueItem, QueueStats } from "../lib/protocol/mod.ts";
import { durationText, queueAbout, queueState, queueTitle } from "../lib/text/mod.ts";
import { fill, plural } from "../lib/words/mod.ts";
import { Empty } from "./Notice.tsx";
import { QueueDue } from "./QueueRemoval.tsx";
import { Time } from "./Time.tsx";
import { useLanguage, useWords } from "./words.tsx";

interface QueueListProps {
  items: readonly QueueItem[];
  /** Id of the item that is shown beside the list. */
  open: string | null;
  hrefOf(id: string): string;
  older: string | null;
  stats: QueueStats;
  decided: boolean;
  /** In ms since 1970. */
  now: number;
}

/** The cases, the worst first, and what was decided lately. */
export function QueueList({ items, open, hrefOf, older, stats, decided, now }: QueueListProps) {
  const words = useWords("queue");
  const language = useLanguage();
  return (
    <nav class="queue-list" aria-label={words.list}>
      {items.length === 0
        ? (
          <Empty title={decided ? words.noneTitle : words.emptyTitle}>
            <p>{decided ? words.none : words.empty}</p>
          </Empty>
        )
        : (
          <ul>
            {items.map((item) => (
              <li key={item.id}>
                <Row item={item} href={hrefOf(item.id)} here={item.id === open} now={now} />
              </li>
            ))}
          </ul>
        )}
      {older === null ? null : <a href={older}>{words.older}</a>}
      <p class="soft small">
        {fill(words.stats, { days: String(stats.days) })}:{" "}
        {fill(words.numbers, { decided: String(stats.decided), undone: String(stats.undone) })}
        {stats.medianMs === null
          ? null
          : `, ${fill(words.median, { time: durationText(language, stats.medianMs) })}`}
      </p>
    </nav>
  );
}

function Row({ item, href, here, now }: { item: QueueItem; href: string; here: boolean; now: number }) {
  const words = useWords("queue");
  const reasons = useWords("reports");
  const language = useLanguage();
  const state = queueState(words, item);
  const harm = [words.harm1, words.harm2, words.harm3][item.harm - 1]!;
  return (
    <a class="queue-row" href={href} data-harm={item.harm} aria-current={here ? "true" : undefined}>
      <strong>{queueTitle(words, reasons, item)}</strong>
      <span class="visually-hidden">{harm}</span>
      <span class="soft small">{queueAbout(words, item)}</span>
      <span class="row soft small">
        {item.decided === null && item.dueAt !== null
          ? <QueueDue dueAt={item.dueAt} now={now} />
          : <Time value={item.decided?.at ?? item.createdAt} />}
        {item.count > 1
          ? (
            <span class="state" data-tone="wait">
              {plural(language, words.folded, item.count, { count: item.count })}
            </span>
          )
          : null}
        {state === null || item.decided !== null
          ? null
          : <span class="state" data-tone={state.tone}>{state.label}</span>}
      </span>
    </a>
  );
}
