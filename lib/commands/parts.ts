import type { Consent } from "../consent/mod.ts";
import type { Bell, Clock, Ids, Log } from "../platform/mod.ts";
import type { CastTotals } from "./broadcast_totals.ts";
import type { Casts } from "./broadcasts.ts";
import type { Inbox } from "./inbox.ts";
import type { CommandFiles, CommandStore, People } from "./ports.ts";

/** What the services of this room work with; handed to each by the composition root. */
export interface Needs {
  store: CommandStore;
  people: People;
  files: CommandFiles;
  consent: Consent;
  bell: Bell;
  clock: Clock;
  ids: Ids;
  log: Log;
  /** Days that a command waits, and that history is kept (DL-6). */
  retentionDays: number;
  /** No other process writes to the store: counts read once and followed are true. */
  exclusive: boolean;
}

/** The same with what the services of the room share. */
export interface Parts extends Needs {
  casts: Casts;
  totals: CastTotals;
  /** A call, as the inbox is made after the casts. */
  inbox: () => Inbox;
}
