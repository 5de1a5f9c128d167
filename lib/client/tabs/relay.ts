import type { Log } from "../../platform/log.ts";
import type { BehestClient } from "../client.ts";
import { asError, type Listeners } from "../events.ts";
import type { RequestError } from "../requests.ts";
import { plainError, type Relayed, requestError } from "./messages.ts";

/** Passes what the leader's client hears to the leader's own listeners and, by `tell`, to the other tabs. */
export function relay(client: BehestClient, listeners: Listeners, tell: (relayed: Relayed) => void): void {
  client.on("deliver", async (value) => {
    await listeners.deliver(value);
    tell({ event: "deliver", value });
  });
  client.on("message", async (value) => {
    await listeners.message(value);
    tell({ event: "message", value });
  });
  client.on("changed", (value) => {
    tell({ event: "changed", value });
    listeners.emit("changed", value);
  });
  client.on("notification", (value) => {
    tell({ event: "notification", value });
    listeners.emit("notification", value);
  });
  client.on("unsent", (value) => {
    // A message cannot carry the error's class.
    tell({ event: "unsent", value: { ...value, error: plainError(value.error) as RequestError } });
    listeners.emit("unsent", value);
  });
}

/** Passes what the leader heard to this tab's listeners. The leader has acknowledged it, even if a listener here fails. */
export function hearRelayed(relayed: Relayed, listeners: Listeners, log: Log): void {
  switch (relayed.event) {
    case "deliver":
      void listeners.deliver(relayed.value).catch((error: unknown) =>
        log.error("client.handler_threw", { event: relayed.event, error: asError(error) })
      );
      return;
    case "message":
      void listeners.message(relayed.value).catch((error: unknown) =>
        log.error("client.handler_threw", { event: relayed.event, error: asError(error) })
      );
      return;
    case "changed":
      return listeners.emit("changed", relayed.value);
    case "notification":
      return listeners.emit("notification", relayed.value);
    case "unsent":
      return listeners.emit("unsent", { ...relayed.value, error: requestError(relayed.value.error) });
    default:
      relayed satisfies never;
  }
}
