import type { Consent } from "../consent/mod.ts";
import type { Bell, Clock, Ids, Log, NoticeList } from "../platform/mod.ts";
import type { NewNotice } from "../protocol/mod.ts";
import type { ChatLog } from "./chat_log.ts";
import type { CommandFiles, CommandStore, People, StopReserve } from "./ports.ts";

/** What this room needs from outside; the composition root provides it. */
export interface Needs {
  store: CommandStore;
  people: People;
  files: CommandFiles;
  consent: Consent;
  bell: Bell;
  notices: NoticeList<NewNotice>;
  clock: Clock;
  ids: Ids;
  log: Log;
  /** None for a store that has no disk of its own here. */
  reserve?: StopReserve;
  /** Days that a command waits, and that history is kept (DL-6). */
  retentionDays: number;
  /** The chat's log; asked at each read. Without it there are no messages. */
  chat?(): ChatLog;
  /** Called after a resume, with the time of the stop: other rooms send what it held (CO-11). */
  afterStop?(userId: string, sinceMs: number): Promise<void>;
}
