import { useSignal } from "@preact/signals";
import { failureText } from "../lib/browser/failures.ts";
import { useConnection } from "../lib/browser/use_connection.ts";
import { doneText, type SentAction, type TypedReview, withChange } from "../lib/browser/sent_items.ts";
import { actOnSent } from "../lib/browser/sent_actions.ts";
import { useAbsent } from "../lib/browser/own_files.ts";
import { formAnswered } from "../lib/browser/form_delivery.ts";
import { toast } from "../lib/browser/toast.ts";
import { AnswerTotals } from "../components/AnswerTotals.tsx";
import { SentCard } from "../components/SentCard.tsx";
import { Timeline } from "../components/Timeline.tsx";
import { useLanguage, useWords, WordsProvider } from "../components/words.tsx";
import type { Absence, CommandDetail } from "../lib/protocol/mod.ts";
import type { SomeWords } from "../lib/words/mod.ts";

interface DetailProps {
  detail: CommandDetail;
  /** Recipients that are shown; the rest is counted. */
  most: number;
  problem: string | null;
  /** A review that was refused. */
  typed?: TypedReview | undefined;
  /** Attached files that could not be downloaded when the page was made, by id. */
  absent: Record<string, Absence>;
}

/** Shortest time between two readings of the timeline: changes often come together. */
const readAgainMs = 1000;

/** One sent command with its totals as they move, its recipients and what happened. */
export default function SentDetail(
  { words, ...detail }: DetailProps & {
    words: SomeWords<"sent" | "asking" | "commands" | "file" | "failures">;
  },
) {
  return (
    <WordsProvider words={words}>
      <Detail {...detail} />
    </WordsProvider>
  );
}

function Detail(props: DetailProps) {
  const words = useWords("sent");
  const failures = useWords("failures");
  const language = useLanguage();
  const { happened } = useWords("commands");
  const detail = useSignal(props.detail);
  const absent = useAbsent(props.absent);
  const local = useSignal(false);
  const busy = useSignal(false);
  const error = useSignal(props.problem);
  const { id } = props.detail.command;

  useConnection((client) => {
    local.value = true;
    let waiting: ReturnType<typeof setTimeout> | null = null;
    const read = () => {
      waiting = null;
      client.request("command.get", { id }).then((answer) => detail.value = answer, () => {
        // The page stays as it is; the next change or connection reads again.
      });
    };
    return [
      client.on("changed", (changed) => {
        if (changed.id !== id) return;
        detail.value = withChange(detail.value, changed);
        waiting ??= setTimeout(read, readAgainMs);
      }),
      client.on("ready", () => read()),
      () => {
        if (waiting !== null) clearTimeout(waiting);
      },
    ];
  });

  const act = async (action: SentAction) => {
    busy.value = true;
    error.value = null;
    try {
      detail.value = await actOnSent(action);
      formAnswered(action.id);
      toast(doneText(words, action));
    } catch (thrown) {
      error.value = failureText(failures, language, thrown);
    } finally {
      busy.value = false;
    }
  };

  return (
    <>
      <SentCard
        item={detail.value}
        local={local.value}
        path={`/sent/${id}`}
        most={props.most}
        linked={false}
        absent={absent.value}
        busy={busy.value}
        error={error.value ?? undefined}
        typed={props.typed}
        onAct={act}
      />
      {detail.value.answers === undefined
        ? null
        : <AnswerTotals answers={detail.value.answers} commandId={id} />}
      <section class="panel" aria-labelledby="timeline">
        <h2 id="timeline">{happened}</h2>
        <Timeline entries={detail.value.timeline} reader="sender" local={local.value} />
      </section>
    </>
  );
}
