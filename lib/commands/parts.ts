import type { AnswerWatch } from "./answer_watch.ts";
import type { BroadcastTotals } from "./broadcast_totals.ts";
import type { Broadcasts } from "./broadcasts.ts";
import type { Editing } from "./editing.ts";
import type { InFlight } from "./in_flight.ts";
import type { Needs } from "./needs.ts";

/** `Needs`, with the parts that several services of this room share. */
export interface Parts extends Needs {
  editing: Editing;
  inFlight: InFlight;
  broadcasts: Broadcasts;
  totals: BroadcastTotals;
  watch: AnswerWatch;
}
