import { english, type TimelineEntry } from "../protocol/mod.ts";
import type { Language, Words } from "../words/mod.ts";
import { renderMessage } from "../words/refusals.ts";

type Story = Words["story"];

/** One step of a command's story. */
export interface Step {
  at: string;
  state: TimelineEntry["state"];
  edited?: true;
  /** A sentence; `{who}` is the person who did it. */
  text: string;
  /** Username of the person who did it; null: the server did. */
  who: string | null;
  /** Username of the person whom it is about, where that is another one, and one of several. */
  of: string | null;
  note: string | undefined;
  proof: NonNullable<TimelineEntry["proof"]>;
}

interface Reader {
  language: Language;
  username: string;
  /** The sender's username. */
  sender: string;
  /** Whether several people have the command. */
  several: boolean;
}

/**
 * The steps of a timeline in the reader's eyes. What began with the send is left out, as that is a step of its own; with several
 * people also who got it and who saw it, as their states say so.
 */
export function storyOf(words: Story, entries: readonly TimelineEntry[], reader: Reader): Step[] {
  const { language, username: own, sender, several } = reader;
  /** People who have it in their timeline, who were reached, who submitted. */
  const [begun, reached, submitted] = [new Set<string>(), new Set<string>(), new Set<string>()];
  let released = false;
  return entries.flatMap((entry): Step[] => {
    const { at, state, note, proof = [] } = entry;
    const person = own === sender ? entry.recipient ?? entry.who ?? null : own;
    const key = person ?? "";
    const step = (name: keyof Story["mine"], who: string): Step[] => {
      reached.add(key);
      const text = (who === own ? words.mine : words.theirs)[name];
      return [{ at, state, text, who, of: several && person !== who ? person : null, note, proof }];
    };
    const itself = (text: string): Step[] => [
      { at, state, text, who: null, of: several ? person : null, note, proof },
    ];
    if (entry.edited === true) {
      const text = (sender === own ? words.mine : words.theirs).edited;
      return [{ at, state, edited: true, text, who: sender, of: null, note, proof }];
    }
    switch (state) {
      case "scheduled":
      case "queued": {
        const isNew = !begun.has(key);
        begun.add(key);
        if (isNew || released) return [];
        released = true;
        return [{ ...itself(words.itself.queued)[0]!, of: null }];
      }
      case "delivered":
      case "seen": {
        const [shown] = step(state, person ?? own);
        return several ? [] : [shown!];
      }
      case "submitted": {
        const again = submitted.has(key);
        submitted.add(key);
        return step(again ? "submittedAgain" : "submitted", entry.who ?? own);
      }
      case "completed": {
        const who = entry.who ?? own;
        return step(
          submitted.has(key) && who === sender && person !== sender ? "approved" : "completed",
          who,
        );
      }
      case "returned":
      case "cancelled":
        return step(state, sender);
      case "failed":
        return entry.who === undefined || !reached.has(key)
          ? itself(words.itself.failed).map((one) => ({ ...one, note: serversNote(language, note) }))
          : step(state, entry.who);
      case "accepted":
      case "deferred":
      case "declined":
        return step(state, entry.who ?? own);
      case "expired":
      case "stopped":
        return itself(words.itself[state]);
      default:
        return state satisfies never;
    }
  });
}

/** Why the server ended a command. The protocol has it in English; a page says it in its reader's language. */
function serversNote(language: Language, note: string | undefined): string | undefined {
  return note === english("command.rejectedFile") ? renderMessage(language, "command.rejectedFile") : note;
}
