import type { Consent } from "../consent/mod.ts";
import type { Bell, Clock, Ids, Log } from "../platform/mod.ts";
import type { Refusal } from "../protocol/mod.ts";
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
  /** MO-7: why a limited person may write to contacts only; null for everyone else. */
  limited(userId: string): Refusal | null | Promise<Refusal | null>;
  /** CH-2: days that messages are kept. */
  retentionDays: number;
}
