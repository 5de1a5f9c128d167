// Without a schema: pages' scripts have this, and no validator.

/** The small set of reactions to a chat message. */
export const chatReactions = ["👍", "❤️", "😂", "😮", "😢", "🙏"] as const;

/** Whether a message is nothing but a reaction; also one that was taken back: of those only reactions say what they were about. */
export function isReaction(
  { about, reaction, retractedAt }: {
    about?: string | undefined;
    reaction?: string | undefined;
    retractedAt: string | null;
  },
): boolean {
  return reaction !== undefined || (about !== undefined && retractedAt !== null);
}
