import type { Caller } from "../platform/mod.ts";
import type { Totals } from "../protocol/mod.ts";
import type { Audience } from "./audience.ts";
import { BroadcastTransitions } from "./broadcast_transitions.ts";
import { DirectTransitions } from "./direct_transitions.ts";
import type { Parts } from "./parts.ts";
import type { CommandRecord, Note } from "./ports.ts";

/** Transitions of a command for all of its recipients. */
export interface WholeTransitions {
  /** CM-6. `by` is the sender. */
  cancel(record: CommandRecord, by: Caller): Promise<Totals>;
  /** DL-6: expires it, or purges it once it was kept for two weeks. When to look again, in ms; null: it is purged. */
  expire(record: CommandRecord): Promise<number | null>;
  /** CM-8: consent is decided now. */
  release(record: CommandRecord): Promise<void>;
  /** When the last recipient was done, in ms since 1970, at the earliest `expiresMs`. Null while the command is open. */
  endMs(record: CommandRecord): Promise<number | null>;
  /** FI-6: a file was rejected. */
  fail(record: CommandRecord, note: Note): Promise<void>;
}

/** Selects the transitions for a command: those of a broadcast or of a direct command. */
export function wholeTransitions(
  parts: Parts,
  audience: Audience,
): (record: CommandRecord) => WholeTransitions {
  const broadcast = new BroadcastTransitions(parts, audience);
  const direct = new DirectTransitions(parts);
  return ({ cast }) => cast === undefined ? direct : broadcast;
}
