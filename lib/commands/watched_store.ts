import type { CommandStore } from "./ports.ts";

/** Hears which states may have changed: after each write, also after one that failed, as it may have been written. */
export interface StateWatcher {
  changed(userId: string, commandId: string): void;
  broadcastChanged(commandId: string): void;
}

/** The same store; its writes of states are told to the watcher before their callers hear of them. */
export function watchedStore(store: CommandStore, watcher: StateWatcher): CommandStore {
  return {
    ...store,
    accept: (acceptance) =>
      store.accept(acceptance).finally(() => {
        const { id } = acceptance.record.command;
        for (const { userId } of acceptance.states) watcher.changed(userId, id);
      }),
    change: (changes, also) =>
      store.change(changes, also).finally(() => {
        for (const { from: { userId, commandId } } of changes) watcher.changed(userId, commandId);
      }),
    edit: (edit) =>
      store.edit(edit).finally(() => {
        for (const { from: { userId, commandId } } of edit.changes) watcher.changed(userId, commandId);
        if (edit.broadcast !== null) watcher.broadcastChanged(edit.to.command.id);
      }),
    take: (userId, taken, at, current) =>
      store.take(userId, taken, at, current).finally(() => {
        for (const { commandId } of taken) watcher.changed(userId, commandId);
      }),
    changeBroadcast: (commandId, from, to, happening, requestId) =>
      store.changeBroadcast(commandId, from, to, happening, requestId).finally(() =>
        watcher.broadcastChanged(commandId)
      ),
    purge: (record) =>
      store.purge(record).finally(() => {
        const { id } = record.command;
        for (const userId of record.recipients) watcher.changed(userId, id);
        if (record.cast !== undefined) watcher.broadcastChanged(id);
      }),
  };
}
