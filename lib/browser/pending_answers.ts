import { type Signal, useSignal } from "@preact/signals";
import type { PendingRequest } from "../client/mod.ts";
import type { CommandState, ListItem } from "../protocol/mod.ts";
import { useConnection } from "./use_connection.ts";

/** Answers to commands that wait for a connection, oldest first. `refused` is called for refused answers of an earlier page. */
export function usePending(
  refused: (commandId: string, error: Error) => void,
): Signal<readonly PendingRequest[]> {
  const pending = useSignal<readonly PendingRequest[]>([]);
  useConnection((connection) => [
    connection.on("outbox", () => pending.value = connection.pending),
    connection.on("unsent", ({ method, params, error }) => {
      if (method === "command.update") refused(String(params.id), error);
    }),
  ]);
  return pending;
}

/** Whether an answer to this command waits for a connection. */
export function isPending(item: ListItem, pending: readonly PendingRequest[]): boolean {
  return pending.some(({ params }) => params.id === item.command.id);
}

/** The command as it will be if the server accepts the waiting answers. */
export function withPending(item: ListItem, pending: readonly PendingRequest[]): ListItem {
  const last = pending.findLast(({ params }) => params.id === item.command.id);
  if (last === undefined || item.state === undefined) return item;
  const { state, until } = last.params;
  return {
    ...item,
    state: {
      ...item.state,
      state: state as CommandState,
      until: typeof until === "string" ? until : null,
    },
  };
}
