import type { Log } from "../platform/log.ts";
import type { BehestClient } from "./client.ts";
import { asError, type Listeners } from "./events.ts";
import type { RequestError } from "./requests.ts";
import { plainError, requestError, type Told } from "./tab_messages.ts";

/** What the tab that has the line hears: for its own listeners, then for the other tabs. */
export function relay(client: BehestClient, listeners: Listeners, tell: (told: Told) => void): void {
  client.on("deliver", async (value) => {
    await listeners.deliver(value);
    tell({ event: "deliver", value });
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
    // A message carries no class.
    tell({ event: "unsent", value: { ...value, error: plainError(value.error) as RequestError } });
    listeners.emit("unsent", value);
  });
}

/** What another tab heard, for this one's listeners. It was acknowledged there, whatever becomes of it here. */
export function hearTold(told: Told, listeners: Listeners, log: Log): void {
  switch (told.event) {
    case "deliver":
      void listeners.deliver(told.value).catch((error: unknown) =>
        log.error("client.handler_threw", { event: told.event, error: asError(error) })
      );
      return;
    case "changed":
      return listeners.emit("changed", told.value);
    case "notification":
      return listeners.emit("notification", told.value);
    case "unsent":
      return listeners.emit("unsent", { ...told.value, error: requestError(told.value.error) });
    default:
      told satisfies never;
  }
}
