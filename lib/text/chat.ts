import type { ChatMessage, CommandState, ListItem } from "../protocol/mod.ts";
import { isReaction } from "../protocol/reactions.ts";

type Reactions = NonNullable<ChatMessage["reactions"]>;

/**
 * The messages with their reactions: those of the list, and those that came as messages since. Of each person the latest counts, and
 * one that was taken back does not. Ids sort by time.
 */
export function withReactions(all: readonly ChatMessage[]): ChatMessage[] {
  const gone = new Set(all.filter(({ retractedAt }) => retractedAt !== null).map(({ id }) => id));
  const came = all.flatMap(({ id, from, about, reaction }) =>
    about === undefined || reaction === undefined ? [] : [{ about, id, from: from.username, reaction }]
  );
  return all.flatMap((message) => {
    if (isReaction(message)) return [];
    const latest = new Map<string, Reactions[number]>();
    for (const one of [...message.reactions ?? [], ...came.filter(({ about }) => about === message.id)]) {
      const before = latest.get(one.from);
      if (before === undefined || before.id < one.id) latest.set(one.from, one);
    }
    const reactions = [...latest.values()].filter(({ id }) => !gone.has(id));
    const { reactions: _, ...plain } = message;
    return [reactions.length === 0 || message.retractedAt !== null ? plain : { ...plain, reactions }];
  });
}

/** A command between two people that is open, and how it stands with its recipient. `own`: the reader sent it. */
export interface OpenBetween {
  item: ListItem;
  state: CommandState;
  own: boolean;
}

/** Messages of one person that follow each other closely have one head. */
const togetherMs = 5 * 60_000;

/** Whether a message begins a group: another person wrote before it, or long before, or on another day. */
export function beginsGroup(before: ChatMessage | undefined, message: ChatMessage): boolean {
  if (before === undefined || before.from.id !== message.from.id) return true;
  return Date.parse(message.createdAt) - Date.parse(before.createdAt) >= togetherMs;
}
