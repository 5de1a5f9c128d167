import type { Consent } from "../consent/mod.ts";
import type { Bell, Clock, Ids, Log } from "../platform/mod.ts";
import type { ChatFiles, ChatPeople, ChatStore, ChatThreads } from "./ports.ts";

/** What this room needs from outside; the composition root provides it. */
export interface Needs {
  store: ChatStore;
  people: ChatPeople;
  threads: ChatThreads;
  files: ChatFiles;
  consent: Consent;
  bell: Bell;
  clock: Clock;
  ids: Ids;
  log: Log;
  /** CH-2: days that messages are kept. */
  retentionDays: number;
}
