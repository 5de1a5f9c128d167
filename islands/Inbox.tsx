import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import {
  type CommandAction,
  localMoment,
  type OwnChoice,
  updateParams,
} from "../components/CommandActions.tsx";
import { CommandCard } from "../components/CommandCard.tsx";
import type { Absence } from "../components/file_text.ts";
import { Empty } from "../components/Notice.tsx";
import { itemOf, openItems, withItem, withReading } from "../components/open_items.ts";
import { pageLine } from "../components/page_line.ts";
import { isOpen } from "../components/page_text.ts";
import type { CommandChanged, ListItem } from "../lib/protocol/mod.ts";

interface InboxProps {
  items: ListItem[];
  /** Milliseconds since 1970, by the server's clock. */
  now: number;
  /** The view of the newest ones takes what arrives; views of older ones only change. */
  newest: boolean;
  /** How many commands one view holds at least. */
  wanted: number;
  stopped: boolean;
  /** The time zone of the person's profile; the browser's own takes its place. */
  zone: string;
  /** A posted form that was refused, without scripts. */
  problem: { id: string; message: string } | null;
  /** By file id: carried files that could not be had when the page was made. */
  absent: Record<string, Absence>;
  /** What can be handed in. */
  own: OwnChoice;
}

/** How often "was due" is looked at again. */
const minuteMs = 60_000;

/** The open commands: what the server rendered, kept current over the line. */
export default function Inbox(props: InboxProps) {
  const items = useSignal(props.items);
  const stopped = useSignal(props.stopped);
  const now = useSignal(props.now);
  const local = useSignal(false);
  const zone = useSignal(props.zone);
  const fresh = useSignal<ReadonlySet<string>>(new Set());
  const busy = useSignal<ReadonlySet<string>>(new Set());
  const errors = useSignal<Readonly<Record<string, string>>>(
    props.problem === null ? {} : { [props.problem.id]: props.problem.message },
  );

  const change = (changed: CommandChanged) => {
    const known = items.value.find((item) => item.command.id === changed.id);
    if (known === undefined || changed.recipient !== undefined) return;
    items.value = changed.state !== undefined && !isOpen(changed.state)
      ? items.value.filter((item) => item !== known)
      : withItem(items.value, {
        ...known,
        command: changed.command ?? known.command,
        ...(known.state === undefined ? {} : {
          state: {
            ...known.state,
            state: changed.state ?? known.state.state,
            until: changed.until ?? null,
            // What stood there before a return was the person's own: never shown as the sender's.
            note: changed.note ?? (changed.state === "returned" ? null : known.state.note),
            updatedAt: changed.at,
          },
        }),
      });
  };

  useEffect(() => {
    local.value = true;
    zone.value = Intl.DateTimeFormat().resolvedOptions().timeZone || props.zone;
    now.value = Date.now();
    const client = pageLine();
    // What another tab took over the line is not delivered again, so every new line is followed by a reading.
    const read = async () => {
      const then = items.value;
      const page = (before: string | undefined) =>
        client.request("inbox.list", before === undefined ? {} : { before }).catch(() => null);
      const list = await openItems(page, props.wanted);
      if (list !== null && !stopped.value) items.value = withReading(then, items.value, list.items);
    };
    // The notification of a return does not bring the sender's words.
    const readOne = async (id: string) => {
      const detail = await client.request("command.get", { id }).catch(() => null);
      if (detail?.state === undefined) return;
      const { command, state } = detail;
      items.value = items.value.map((item) => item.command.id === id ? { ...item, command, state } : item);
    };
    const offs = [
      client.on("deliver", (delivery) => {
        if (!props.newest || !isOpen(delivery.state)) return;
        const known = items.value.find((item) => item.command.id === delivery.command.id);
        if (known === undefined) fresh.value = new Set([...fresh.value, delivery.command.id]);
        items.value = withItem(items.value, itemOf(delivery, known));
      }),
      client.on("changed", (changed) => {
        change(changed);
        if (changed.state === "returned" && changed.note === undefined) void readOne(changed.id);
      }),
      client.on("stopped", (state) => {
        stopped.value = state.stopped || state.pending;
        if (stopped.value) items.value = [];
      }),
      client.on("ready", (ready) => {
        stopped.value = ready.stopped;
        if (props.newest && !ready.stopped) void read();
      }),
    ];
    const ticking = setInterval(() => now.value = Date.now(), minuteMs);
    return () => {
      for (const off of offs) off();
      clearInterval(ticking);
    };
  }, []);

  const act = async (action: CommandAction) => {
    const { id } = action;
    busy.value = new Set([...busy.value, id]);
    const { [id]: _, ...others } = errors.value;
    errors.value = others;
    try {
      const answer = await pageLine().request(
        "command.update",
        updateParams(action, Date.now(), localMoment),
      );
      change({
        id,
        state: answer.state.state,
        until: answer.state.until,
        note: answer.state.note,
        command: answer.command,
        at: answer.state.updatedAt,
      });
    } catch (error) {
      errors.value = {
        ...errors.value,
        [id]: error instanceof Error ? error.message : "That did not work. Try again.",
      };
    } finally {
      busy.value = new Set([...busy.value].filter((other) => other !== id));
    }
  };

  if (stopped.value) {
    return (
      <Empty title="You are stopped">
        <p>
          Your open commands were closed, and new ones wait out of sight. Resume above when you are ready.
        </p>
      </Empty>
    );
  }
  if (items.value.length === 0) {
    return (
      <Empty title="Nothing is asked of you">
        <p>
          Commands from your contacts appear here by themselves. To hear from somebody, become contacts first;
          what you take from them is up to your preferences.
        </p>
        <p class="row">
          <a class="button" href="/contacts">Find a contact</a>
          <a class="button button-quiet" href="/preferences">Look at preferences</a>
        </p>
      </Empty>
    );
  }
  return (
    <ul class="commands">
      {items.value.map((item) => (
        <CommandCard
          key={item.command.id}
          item={item}
          now={now.value}
          local={local.value}
          zone={zone.value}
          fresh={fresh.value.has(item.command.id)}
          busy={busy.value.has(item.command.id)}
          absent={props.absent}
          own={props.own}
          error={errors.value[item.command.id]}
          onAct={act}
        />
      ))}
    </ul>
  );
}
