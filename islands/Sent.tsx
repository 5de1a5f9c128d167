import { useSignal } from "@preact/signals";
import { Empty } from "../components/Notice.tsx";
import { failureText } from "../lib/browser/failures.ts";
import { useConnection } from "../lib/browser/use_connection.ts";
import { doneText, type SentAction, type TypedReview, withChange } from "../lib/browser/sent_items.ts";
import { actOnSent } from "../lib/browser/sent_actions.ts";
import { useAbsent } from "../lib/browser/own_files.ts";
import { formAnswered } from "../lib/browser/form_delivery.ts";
import { toast } from "../lib/browser/toast.ts";
import { SentCard } from "../components/SentCard.tsx";
import { useLanguage, useWords, WordsProvider } from "../components/words.tsx";
import type { Absence, ListItem } from "../lib/protocol/mod.ts";
import type { SomeWords } from "../lib/words/mod.ts";

interface ListProps {
  items: ListItem[];
  /** The newest page is read again with each connection; older ones stay as rendered. */
  newest: boolean;
  problem: { id: string; message: string; typed?: TypedReview | undefined } | null;
  /** Attached files that could not be downloaded when the page was made, by id. */
  absent: Record<string, Absence>;
}

/** Recipients of one command that the list shows; its own page shows more. */
const recipientsShown = 5;

/** The commands that the person sent: rendered by the server, kept current over the connection. */
export default function Sent(
  { words, ...list }: ListProps & { words: SomeWords<"sent" | "asking" | "commands" | "file" | "failures"> },
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

  useConnection((client) => {
    local.value = true;
    return [
      client.on("changed", (changed) => {
        const { id } = changed;
        if (!items.value.some(({ command }) => command.id === id)) return;
        put(id, (item) => withChange(item, changed));
        if (changed.state !== "submitted") return;
        // The change has no files: the submission is read.
        client.request("command.get", { id }).then(({ timeline: _, ...item }) => put(id, () => item), () => {
          // The page stays as it is; the next connection reads again.
        });
      }),
      client.on("ready", () => {
        if (!props.newest) return;
        client.request("command.list", { box: "outbox" }).then((list) => items.value = list.items, () => {
          // The page stays as it is; the next connection reads again.
        });
      }),
    ];
  });

  const act = async (action: SentAction) => {
    const { id } = action;
    busy.value = id;
    const { [id]: _, ...others } = errors.value;
    errors.value = others;
    try {
      const { timeline: _timeline, ...item } = await actOnSent(action);
      put(id, () => item);
      formAnswered(action.id);
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
            typed={props.problem?.id === item.command.id ? props.problem.typed : undefined}
            onAct={act}
          />
        </li>
      ))}
    </ul>
  );
}
