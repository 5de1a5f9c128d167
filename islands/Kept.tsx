import { useSignal } from "@preact/signals";
import type { OwnChoice } from "../components/CommandActions.tsx";
import { type CommandAction, localMoment, updateParams } from "../lib/browser/command_action.ts";
import { CommandCard } from "../components/CommandCard.tsx";
import { failureText } from "../lib/browser/failures.ts";
import { Empty } from "../components/Notice.tsx";
import { withItem, withReading } from "../lib/browser/open_items.ts";
import { useConnection } from "../lib/browser/use_connection.ts";
import { isPending, usePending, withPending } from "../lib/browser/pending_answers.ts";
import { formAnswered } from "../lib/browser/form_delivery.ts";
import { didText } from "../lib/text/answers.ts";
import { toast } from "../lib/browser/toast.ts";
import { isOpen } from "../lib/protocol/closed_states.ts";
import type { CommandChanged, ListItem } from "../lib/protocol/mod.ts";
import type { SomeWords } from "../lib/words/mod.ts";
import { Notice } from "../components/Notice.tsx";
import { pageConnection, pageStore } from "../lib/browser/connection.ts";
import { kindTitle } from "../lib/text/commands.ts";
import { PersonName } from "../components/PersonName.tsx";
import { StateBadge } from "../components/StateBadge.tsx";
import { Time } from "../components/Time.tsx";
import { useLanguage, useWords, WordsProvider } from "../components/words.tsx";
import { KeptTalks, UnsentMessages } from "../components/KeptTalks.tsx";
import { changedItem, isOpenItem, itemOf, type KeptMessage, type PendingRequest } from "../lib/client/mod.ts";

/** How often "was due" is looked at again. */
const minuteMs = 60_000;

/** The sections of the catalogue that it shows. */
type Sections = "answers" | "commands" | "command" | "file" | "upload" | "failures" | "offline" | "asking";

/**
 * The open commands as this browser kept them, for a page without the server (UI-3), and current again once there is one.
 * `now` in ms since 1970.
 */
export function KeptInbox({ words, now }: { words: SomeWords<Sections>; now: number }) {
  return (
    <WordsProvider words={words}>
      <OpenCommands now={now} />
    </WordsProvider>
  );
}

function OpenCommands(props: { now: number }) {
  const words = useWords("answers");
  const failures = useWords("failures");
  const language = useLanguage();
  const offline = useWords("offline");
  const items = useSignal<readonly ListItem[]>([]);
  const stopped = useSignal(false);
  const now = useSignal(props.now);
  const local = useSignal(false);
  const zone = useSignal("UTC");
  const fresh = useSignal<ReadonlySet<string>>(new Set());
  const busy = useSignal<ReadonlySet<string>>(new Set());
  const errors = useSignal<Readonly<Record<string, string>>>({});
  /** Of which an answer was refused: still there to say so when they have left the inbox. */
  const refused = useSignal<readonly ListItem[]>([]);
  const refuse = async (id: string, error: unknown) => {
    errors.value = { ...errors.value, [id]: failureText(failures, language, error) };
    const item = items.value.find(({ command }) => command.id === id) ??
      await pageStore().then((store) => store?.command(id)).catch(() => undefined);
    if (item !== undefined) refused.value = withItem(refused.value, item);
  };
  const pending = usePending(refuse);

  const change = (changed: CommandChanged) => {
    const known = items.value.find((item) => item.command.id === changed.id);
    if (known === undefined || changed.recipient !== undefined) return;
    items.value = changed.state !== undefined && !isOpen(changed.state)
      ? items.value.filter((item) => item !== known)
      : withItem(items.value, changedItem(known, changed));
  };

  useConnection((client) => {
    local.value = true;
    zone.value = Intl.DateTimeFormat().resolvedOptions().timeZone || "UTC";
    now.value = Date.now();
    const readKept = async () => {
      const kept = await (await pageStore())?.commands() ?? [];
      if (stopped.value) return;
      items.value = newest(withReading([], items.value, kept.filter(isOpenItem)));
    };
    void readKept().catch(() => undefined);
    // Changes while offline are not told afterwards, so each new connection reads the list.
    const read = async () => {
      const then = items.value;
      const list = await client.request("inbox.list", { open: true, limit: shownMost }).catch(() => null);
      if (list === null || stopped.value) return;
      items.value = newest(withReading(then, items.value, list.items));
    };
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
        if (!isOpen(delivery.state)) return;
        const known = items.value.find((item) => item.command.id === delivery.command.id);
        if (known === undefined) fresh.value = new Set([...fresh.value, delivery.command.id]);
        items.value = newest(withItem(items.value, itemOf(delivery, known)));
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
        if (stopped.value) items.value = [];
      }),
      client.on("ready", (ready) => {
        stopped.value = ready.stopped;
        if (!ready.stopped) void read();
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
      toast(didText(words, language, answer.state.state, 1));
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
  return (
    <ul class="commands">
      {shown.map((item) => (
        <CommandCard
          key={item.command.id}
          item={withPending(item, pending.value)}
          waiting={isPending(item, pending.value) ? offline.waits : undefined}
          now={now.value}
          local={local.value}
          zone={zone.value}
          fresh={fresh.value.has(item.command.id)}
          busy={busy.value.has(item.command.id)}
          absent={{}}
          own={noFiles}
          error={errors.value[item.command.id]}
          onAct={act}
        />
      ))}
    </ul>
  );
}

/** Nothing can be uploaded without the server, and nothing of one's own is kept to be chosen. */
const noFiles: OwnChoice = { files: [], maxBytes: 0 };

/** How many commands the page shows at most. */
const shownMost = 100;

const newest = (items: readonly ListItem[]) => items.slice(0, shownMost);

/** What this browser kept of the last two weeks, beside what is open, for a page without the server (UI-3). */
export function Kept({ words }: { words: SomeWords<"offline" | "commands"> }) {
  return (
    <WordsProvider words={words}>
      <History />
    </WordsProvider>
  );
}

function History() {
  const words = useWords("offline");
  const items = useSignal<readonly ListItem[] | null>(null);
  const nothing = useSignal(false);
  const online = useSignal(false);
  const talks = useSignal<{ kept: readonly KeptMessage[]; me: string }>({ kept: [], me: "" });
  const pending = useSignal<readonly PendingRequest[]>([]);

  useConnection((client) => {
    const read = async () => {
      const store = await pageStore();
      const person = await store?.person();
      nothing.value = person === undefined;
      talks.value = { kept: await store?.allMessages() ?? [], me: person?.username ?? "" };
      items.value = (await store?.commands() ?? []).filter((item) => !isOpenItem(item));
    };
    const readAgain = () => void read().catch(() => nothing.value = true);
    readAgain();
    const readPending = () => pending.value = client.pending;
    readPending();
    return [
      client.on("outbox", readPending),
      client.on("message", readAgain),
      client.on("connection", ({ kind }) => online.value = kind === "online"),
      client.on("changed", readAgain),
      client.on("stopped", readAgain),
    ];
  });

  return (
    <>
      {online.value
        ? (
          <Notice>
            {words.back} <a href="/">{words.open}</a>
          </Notice>
        )
        : null}
      {nothing.value ? <Notice tone="warn">{words.nothing}</Notice> : null}
      <UnsentMessages pending={pending.value} />
      <KeptTalks {...talks.value} />
      {items.value === null || items.value.length === 0
        ? null
        : (
          <section class="stack-s" aria-labelledby="kept">
            <h2 id="kept">{words.history}</h2>
            <ul class="commands">
              {items.value.map((item) => <Row key={item.command.id} item={item} />)}
            </ul>
          </section>
        )}
    </>
  );
}

function Row({ item: { command, state } }: { item: ListItem }) {
  const words = useWords("commands");
  const sealed = "sealed" in command;
  return (
    <li>
      <article class="card">
        <p class="card-head">
          <PersonName {...command.from} />
          <Time value={command.deliverAt ?? command.createdAt} local />
          {state === undefined ? null : <StateBadge state={state.state} reader="recipient" />}
        </p>
        <h3>{sealed ? words.sealed : command.title || kindTitle(words, command.kind)}</h3>
        {sealed || !command.body ? null : <p class="body">{command.body}</p>}
      </article>
    </li>
  );
}
