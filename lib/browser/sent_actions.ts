import type { CommandDetail } from "../protocol/mod.ts";
import { pageConnection } from "./connection.ts";
import type { SentAction } from "./sent_items.ts";

/** Sends a sender's action over the page's connection, and reads the command after it. Only for the browser. */
export async function actOnSent(action: SentAction): Promise<CommandDetail> {
  const client = pageConnection();
  const { id } = action;
  if (action.action === "cancel") {
    await client.request("command.cancel", { id });
  } else {
    const { recipient, accept, note } = action;
    await client.request("command.review", { id, recipient, accept, ...(note === null ? {} : { note }) });
  }
  return await client.request("command.get", { id });
}
