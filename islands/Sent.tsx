import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { Empty } from "../components/Notice.tsx";
import { pageLine } from "../components/page_line.ts";
import { SentCard } from "../components/SentCard.tsx";
import type { CommandChanged, CommandState, ListItem, Totals } from "../lib/protocol/mod.ts";

interface SentProps {
  items: ListItem[];
  /** The newest page is read again with every new line; older ones stay as they were rendered. */
  newest: boolean;
  problem: { id: string; message: string } | null;
}

/** What the person sent: what the server rendered, kept current over the line. */
export default function Sent(props: SentProps) {
  const items = useSignal(props.items);
  const local = useSignal(false);
  const busy = useSignal<string | null>(null);
  const errors = useSignal<Readonly<Record<string, string>>>(
    props.problem === null ? {} : { [props.problem.id]: props.problem.message },
  );

  useEffect(() => {
    local.value = true;
    const client = pageLine();
    const offs = [
      client.on("changed", (changed) => {
        items.value = items.value.map((
          item,
        ) => (item.command.id === changed.id ? withChange(item, changed) : item));
      }),
      client.on("ready", () => {
        if (!props.newest) return;
        client.request("command.list", { box: "outbox" }).then((list) => items.value = list.items, () => {
          // The page keeps what it shows; the next line reads again.
        });
      }),
    ];
    return () => {
      for (const off of offs) off();
    };
  }, []);

  const cancel = async (id: string) => {
    busy.value = id;
    const { [id]: _, ...others } = errors.value;
    errors.value = others;
    try {
      const client = pageLine();
      await client.request("command.cancel", { id });
      const { command, totals, recipients } = await client.request("command.get", { id });
      items.value = items.value.map((item) =>
        item.command.id === id
          ? {
            command,
            ...(totals === undefined ? {} : { totals }),
            ...(recipients === undefined ? {} : { recipients }),
          }
          : item
      );
    } catch (error) {
      errors.value = {
        ...errors.value,
        [id]: error instanceof Error ? error.message : "That did not work. Try again.",
      };
    } finally {
      busy.value = null;
    }
  };

  if (items.value.length === 0) {
    return (
      <Empty title="You have sent nothing yet">
        <p>What you send appears here with how each person answered.</p>
        <p>
          <a class="button button-main" href="/send">Send a command</a>
        </p>
      </Empty>
    );
  }
  return (
    <ul class="commands">
      {items.value.map((item) => (
        <SentCard
          key={item.command.id}
          item={item}
          local={local.value}
          busy={busy.value === item.command.id}
          error={errors.value[item.command.id]}
          onCancel={cancel}
        />
      ))}
    </ul>
  );
}

/** A `command.changed` for the sender: one recipient's new state, or totals (CM-7). */
function withChange(item: ListItem, changed: CommandChanged): ListItem {
  if (changed.recipient === undefined || item.recipients === undefined) {
    return changed.totals === undefined ? item : { ...item, totals: changed.totals };
  }
  const recipients = item.recipients.map((one) =>
    one.username === changed.recipient
      ? { ...one, state: changed.state ?? one.state, note: changed.note ?? one.note, updatedAt: changed.at }
      : one
  );
  return { ...item, recipients, totals: changed.totals ?? countStates(recipients.map((one) => one.state)) };
}

function countStates(states: CommandState[]): Totals {
  const totals: Totals = {};
  for (const state of states) totals[state] = (totals[state] ?? 0) + 1;
  return totals;
}
