import { useSignal } from "@preact/signals";
import { useRef } from "preact/hooks";
import type { OwnChoice } from "../components/CommandActions.tsx";
import { type CommandAction, localMoment, updateParams } from "../lib/browser/command_action.ts";
import { CommandCard } from "../components/CommandCard.tsx";
import { failureText } from "../lib/browser/failures.ts";
import { filtered, filterFrom } from "../lib/browser/inbox_filter.ts";
import { InboxFilter } from "../components/InboxFilter.tsx";
import { WithScripts } from "../components/WithScripts.tsx";
import { Empty } from "../components/Notice.tsx";
import { bounded, withDelivered, withItem, withReading } from "../lib/browser/open_items.ts";
import { pageConnection, pageStore } from "../lib/browser/connection.ts";
import { useConnection } from "../lib/browser/use_connection.ts";
import { stateWords } from "../lib/text/commands.ts";
import { isPending, usePending, withPending } from "../lib/browser/pending_answers.ts";
import { formAnswered } from "../lib/browser/form_delivery.ts";
import { toast } from "../lib/browser/toast.ts";
import { useLanguage, useWords, WordsProvider } from "../components/words.tsx";
import { changedItem, isOpenItem, itemOf } from "../lib/client/mod.ts";
import { isOpen } from "../lib/protocol/closed_states.ts";
import type { Absence, CommandChanged, ListItem } from "../lib/protocol/mod.ts";
import type { SomeWords } from "../lib/words/mod.ts";
import { fill } from "../lib/words/shape.ts";

interface ListProps {
  items: ListItem[];
  /** Milliseconds since 1970, by the server's clock. */
  now: number;
  /** The view of the newest ones takes what arrives; views of older ones only change. */
  newest: boolean;
  /** How many commands one view holds at least. */
  wanted: number;
  /** What the view of older ones begins after; null when there are none. */
  next?: string | null;
  stopped: boolean;
  /** The time zone of the person's profile; the browser's own takes its place. */
  zone: string;
  /** A posted form that was refused, without scripts. */
  problem: { id: string; message: string; note?: string | undefined } | null;
  /** By file id: carried files that could not be had when the page was made. */
  absent: Record<string, Absence>;
  /** What can be handed in. */
  own: OwnChoice;
  /** Begins with what this browser kept, for a page without the server. */
  kept?: boolean;
}

/** How often "was due" is looked at again. */
const minuteMs = 60_000;

/** The open commands: rendered by the server, kept current over the connection. */
export default function Inbox(
  { words, ...list }: ListProps & {
    words: SomeWords<"inbox" | "commands" | "command" | "file" | "upload" | "failures" | "offline">;
  },
) {
  return (
    <WordsProvider words={words}>
      <OpenCommands {...list} />
    </WordsProvider>
  );
}

function OpenCommands(props: ListProps) {
  const words = useWords("inbox");
  const states = useWords("commands");
  const failures = useWords("failures");
  const language = useLanguage();
  const { waits } = useWords("offline");
  const items = useSignal(props.items);
  const next = useSignal(props.next ?? null);
  const query = useSignal("");
  const stopped = useSignal(props.stopped);
  const now = useSignal(props.now);
  const local = useSignal(false);
  const zone = useSignal(props.zone);
  const fresh = useSignal<ReadonlySet<string>>(new Set());
  const busy = useSignal<ReadonlySet<string>>(new Set());
  const errors = useSignal<Readonly<Record<string, string>>>(
    props.problem === null ? {} : { [props.problem.id]: props.problem.message },
  );
  /** Of which an answer was refused: still there to say so when they have left the inbox. */
  const refused = useSignal<readonly ListItem[]>([]);
  const refuse = async (id: string, error: unknown) => {
    errors.value = { ...errors.value, [id]: failureText(failures, language, error) };
    const item = items.value.find(({ command }) => command.id === id) ??
      await pageStore().then((store) => store?.command(id)).catch(() => undefined);
    if (item !== undefined) refused.value = withItem(refused.value, item);
  };
  const pending = usePending(refuse);
  /** Reads the view again; set once the island has started. */
  const refill = useRef<(() => Promise<void>) | null>(null);
  const view = (now: { items: ListItem[]; next: string | null }) => {
    items.value = now.items;
    next.value = now.next;
  };

  const change = (changed: CommandChanged) => {
    const known = items.value.find((item) => item.command.id === changed.id);
    if (known === undefined || changed.recipient !== undefined) return;
    items.value = changed.state !== undefined && !isOpen(changed.state)
      ? items.value.filter((item) => item !== known)
      : withItem(items.value, changedItem(known, changed));
    // What was answered makes room for what stood behind it.
    if (props.newest && next.value !== null && items.value.length < props.wanted / 2) void refill.current?.();
  };

  useConnection((client) => {
    local.value = true;
    zone.value = Intl.DateTimeFormat().resolvedOptions().timeZone || props.zone;
    now.value = Date.now();
    const readKept = async () => {
      const kept = await (await pageStore())?.commands() ?? [];
      if (stopped.value) return;
      view(
        bounded({ items: withReading([], items.value, kept.filter(isOpenItem)), next: null }, props.wanted),
      );
    };
    if (props.kept) void readKept().catch(() => undefined);
    // Changes while offline are not told afterwards, so each new connection reads the list.
    const read = async () => {
      const then = items.value;
      const list = await client.request("inbox.list", { open: true, limit: props.wanted }).catch(() => null);
      if (list === null || stopped.value) return;
      view(bounded({ items: withReading(then, items.value, list.items), next: list.next }, props.wanted));
    };
    refill.current = read;
    // A notification kept by an earlier version does not bring the sender's words.
    const readOne = async (id: string) => {
      const detail = await client.request("command.get", { id }).catch(() => null);
      if (detail?.state === undefined) return;
      const { command, state } = detail;
      items.value = items.value.map((item) => item.command.id === id ? { ...item, command, state } : item);
    };
    const ticking = setInterval(() => now.value = Date.now(), minuteMs);
    return [
      client.on("deliver", (delivery) => {
        if (!props.newest || !isOpen(delivery.state)) return;
        const known = items.value.find((item) => item.command.id === delivery.command.id);
        const before = { items: items.value, next: next.value };
        const now = withDelivered(before, itemOf(delivery, known), props.wanted);
        if (now === before) return;
        if (known === undefined) fresh.value = new Set([...fresh.value, delivery.command.id]);
        view(now);
      }),
      client.on("changed", (changed) => {
        change(changed);
        // A submission from another device does not bring its files.
        const lacks = changed.state === "submitted" ||
          (changed.state === "returned" && changed.review === undefined);
        if (lacks) void readOne(changed.id);
      }),
      client.on("stopped", (state) => {
        stopped.value = state.stopped || state.pending;
        if (stopped.value) view({ items: [], next: null });
      }),
      client.on("ready", (ready) => {
        stopped.value = ready.stopped;
        if (props.newest && !ready.stopped) void read();
      }),
      () => clearInterval(ticking),
    ];
  });

  const act = async (action: CommandAction) => {
    const { id } = action;
    // Without a connection the answer waits, and the person can go on.
    if (pageConnection().state.kind === "online") busy.value = new Set([...busy.value, id]);
    const { [id]: _, ...others } = errors.value;
    errors.value = others;
    try {
      const answer = await pageConnection().request(
        "command.update",
        updateParams(action, Date.now(), localMoment),
      );
      change({
        id,
        state: answer.state.state,
        until: answer.state.until,
        note: answer.state.note,
        ...(answer.state.review === undefined ? {} : { review: answer.state.review }),
        command: answer.command,
        at: answer.state.updatedAt,
      });
      // What was handed in stays in view.
      items.value = items.value.map((item) =>
        item.command.id === id ? { ...item, state: answer.state } : item
      );
      formAnswered(id);
      toast(fill(words.answered, { state: stateWords(states, answer.state.state, "recipient").label }));
    } catch (error) {
      void refuse(id, error);
    } finally {
      busy.value = new Set([...busy.value].filter((other) => other !== id));
    }
  };

  if (stopped.value) {
    return (
      <Empty title={words.stoppedTitle}>
        <p>{words.stopped}</p>
      </Empty>
    );
  }
  const shown = refused.value
    .filter(({ command: { id } }) =>
      id in errors.value && !items.value.some(({ command }) => command.id === id)
    )
    .reduce(withItem, items.value);
  const fitting = new Set(filtered(shown, query.value));
  const pages = props.newest && next.value === null ? null : (
    <nav class="row" aria-label={words.pages}>
      {props.newest ? null : <a class="button" href="./">{words.newest}</a>}
      {next.value === null ? null : <a class="button" href={`./?before=${next.value}`}>{words.older}</a>}
    </nav>
  );
  if (shown.length === 0) {
    return (
      <>
        <Empty title={words.emptyTitle}>
          <p>{words.empty}</p>
          <p class="row">
            <a class="button" href="/contacts">{words.findContact}</a>
            <a class="button button-quiet" href="/preferences">{words.preferences}</a>
          </p>
        </Empty>
        {pages}
      </>
    );
  }
  return (
    <>
      {shown.length >= filterFrom || query.value !== ""
        ? (
          <WithScripts started={local.value}>
            <InboxFilter
              query={query.value}
              shown={fitting.size}
              count={shown.length}
              onQuery={(typed) => query.value = typed}
            />
          </WithScripts>
        )
        : null}
      <ul class="commands">
        {shown.map((item) => (
          <CommandCard
            key={item.command.id}
            item={withPending(item, pending.value)}
            waiting={isPending(item, pending.value) ? waits : undefined}
            now={now.value}
            local={local.value}
            zone={zone.value}
            hidden={!fitting.has(item)}
            fresh={fresh.value.has(item.command.id)}
            busy={busy.value.has(item.command.id)}
            absent={props.absent}
            own={props.own}
            note={props.problem?.id === item.command.id ? props.problem.note : undefined}
            error={errors.value[item.command.id]}
            onAct={act}
          />
        ))}
      </ul>
      {pages}
    </>
  );
}
