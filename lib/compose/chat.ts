import { kvChatStore, kvCommandFiles, type Store } from "../adapters/kv/mod.ts";
import { Chat } from "../chat/mod.ts";
import type { CommandRoom } from "../commands/mod.ts";
import type { Config } from "../config/mod.ts";
import type { Bell, Clock, Ids, Log } from "../platform/mod.ts";
import type { OpenPeople } from "./people.ts";

export interface ChatParts {
  config: Pick<Config, "retentionDays">;
  store: Store;
  people: Pick<OpenPeople, "consent" | "contacts" | "limited" | "people">;
  commands: Pick<CommandRoom, "sender" | "threads">;
  bell: Bell;
  clock: Clock;
  ids: Ids;
  log: Log;
}

/** Wires the chat with people, their consent, and the commands that they talk about. */
export function openChat(parts: ChatParts): Chat {
  const { config, store, commands, bell, clock, ids, log } = parts;
  const { consent, contacts, limited, people } = parts.people;
  return new Chat({
    store: kvChatStore(store, config.retentionDays),
    people: {
      byUsernames: (names) => people.byUsernames(names),
      byIds: (userIds) => people.byIds(userIds),
      relationsOf: (userId, others) => contacts.relationsOf(userId, others),
    },
    threads: commands.threads,
    files: kvCommandFiles(store, clock),
    consent,
    bell,
    clock,
    ids,
    log,
    limited: (userId) => limited.refusalFor(userId),
    retentionDays: config.retentionDays,
  }, (caller, then) => commands.sender.chat(caller, then));
}
