import type { FileParts } from "./parts.ts";
import type { FileUse } from "./ports.ts";

/** Number of ended uses that one step asks about. */
const asksAtOnce = 16;

/**
 * FI-7: returns until when the uses need their file; 0 when none does any more. A command may stay open past the end of its
 * use, so before a removal this asks whoever made each ended use, and keeps the first that is still needed.
 */
export async function neededMs(
  { store, readers, clock }: Pick<FileParts, "store" | "readers" | "clock">,
  fileId: string,
  uses: readonly FileUse[],
): Promise<number> {
  const now = clock.now();
  const latestMs = Math.max(0, ...uses.map(({ untilMs }) => untilMs));
  if (latestMs > now) return latestMs;
  for (let at = 0; at < uses.length; at += asksAtOnce) {
    const asked = uses.slice(at, at + asksAtOnce);
    const answers = await Promise.all(asked.map((use) => readers.neededUntil(use)));
    const first = answers.findIndex((untilMs) => untilMs > now);
    if (first === -1) continue;
    const untilMs = answers[first]!;
    await store.keep(fileId, { by: asked[first]!.by, untilMs });
    return untilMs;
  }
  return 0;
}
