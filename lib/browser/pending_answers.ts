import { type Signal, useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import type { PendingRequest } from "../client/mod.ts";
import type { CommandState, ListItem } from "../protocol/mod.ts";
import { pageConnection } from "./connection.ts";

/** Answers to commands that were given without a connection, oldest first; `refused` hears of those of an earlier page. */
export function usePending(
  refused: (commandId: string, error: Error) => void,
): Signal<readonly PendingRequest[]> {
  const pending = useSignal<readonly PendingRequest[]>([]);
  useEffect(() => {
    const client = pageConnection();
    const offs = [
      client.on("outbox", () => pending.value = client.pending),
      client.on("unsent", ({ method, params, error }) => {
        if (method === "command.update") refused(String(params.id), error);
      }),
    ];
    return () => {
      for (const off of offs) off();
    };
  }, []);
  return pending;
}

/** Whether an answer to this command waits for the connection. */
export function isPending(item: ListItem, pending: readonly PendingRequest[]): boolean {
  return pending.some(({ params }) => params.id === item.command.id);
}

/** The command as it will be when the answers that wait are taken; the server may still see it otherwise. */
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
