import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { Empty } from "../components/Notice.tsx";
import { failureText } from "../lib/browser/failures.ts";
import { pageConnection } from "../lib/browser/connection.ts";
import { doneText, type SentAction, withChange } from "../lib/browser/sent_items.ts";
import { actOnSent } from "../lib/browser/sent_actions.ts";
import { useAbsent } from "../lib/browser/own_files.ts";
import { toast } from "../lib/browser/toast.ts";
import { SentCard } from "../components/SentCard.tsx";
import { useLanguage, useWords, WordsProvider } from "../components/words.tsx";
import type { Absence, ListItem } from "../lib/protocol/mod.ts";
import type { SomeWords } from "../lib/words/mod.ts";

interface ListProps {
  items: ListItem[];
  /** The newest page is read again with every new line; older ones stay as they were rendered. */
  newest: boolean;
  problem: { id: string; message: string } | null;
  /** By file id: carried files that could not be had when the page was made. */
  absent: Record<string, Absence>;
}

/** Recipients of one command that the list shows; its own page shows more. */
const recipientsShown = 5;

/** What the person sent: what the server rendered, kept current over the line. */
export default function Sent(
  { words, ...list }: ListProps & { words: SomeWords<"sent" | "commands" | "file" | "failures"> },
) {
  return (
    <WordsProvider words={words}>
      <SentList {...list} />
    </WordsProvider>
  );
}

function SentList(props: ListProps) {
  const words = useWords("sent");
  const failures = useWords("failures");
  const language = useLanguage();
  const items = useSignal(props.items);
  const absent = useAbsent(props.absent);
  const local = useSignal(false);
  const busy = useSignal<string | null>(null);
  const errors = useSignal<Readonly<Record<string, string>>>(
    props.problem === null ? {} : { [props.problem.id]: props.problem.message },
  );

  const put = (id: string, change: (item: ListItem) => ListItem) => {
    items.value = items.value.map((item) => item.command.id === id ? change(item) : item);
  };

  useEffect(() => {
    local.value = true;
    const client = pageConnection();
    const offs = [
      client.on("changed", (changed) => {
        const { id } = changed;
        if (!items.value.some(({ command }) => command.id === id)) return;
        put(id, (item) => withChange(item, changed));
        if (changed.state !== "submitted") return;
        // The change has no files: what was handed in is read.
        client.request("command.get", { id }).then(({ timeline: _, ...item }) => put(id, () => item), () => {
          // The page keeps what it shows; the next line reads again.
        });
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

  const act = async (action: SentAction) => {
    const { id } = action;
    busy.value = id;
    const { [id]: _, ...others } = errors.value;
    errors.value = others;
    try {
      const { timeline: _timeline, ...item } = await actOnSent(action);
      put(id, () => item);
      toast(doneText(words, action));
    } catch (error) {
      errors.value = { ...errors.value, [id]: failureText(failures, language, error) };
    } finally {
      busy.value = null;
    }
  };

  if (items.value.length === 0) {
    return (
      <Empty title={words.emptyTitle}>
        <p>{words.empty}</p>
        <p>
          <a class="button button-main" href="/send">{words.sendOne}</a>
        </p>
      </Empty>
    );
  }
  return (
    <ul class="commands">
      {items.value.map((item) => (
        <li key={item.command.id}>
          <SentCard
            item={item}
            local={local.value}
            path="/sent"
            most={recipientsShown}
            linked
            absent={absent.value}
            busy={busy.value === item.command.id}
            error={errors.value[item.command.id]}
            onAct={act}
          />
        </li>
      ))}
    </ul>
  );
}
