import type { Consent } from "../consent/mod.ts";
import type { Bell, Clock, Ids, Log } from "../platform/mod.ts";
import type { CommandStore, People } from "./ports.ts";

/** What the services of this room work with; handed to each by the composition root. */
export interface Parts {
  store: CommandStore;
  people: People;
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
