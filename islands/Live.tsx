import { useEffect } from "preact/hooks";
import { type LiveEvent, redrawParts } from "../lib/browser/live_parts.ts";
import { pageConnection } from "../lib/browser/connection.ts";

/** How long after an event the page is asked for: several come together. */
const afterMs = 200;

/** Draws the parts of a page that are marked `data-live` anew when the server tells of a change (UI-11). */
export default function Live({ on }: { on: LiveEvent }) {
  useEffect(() => {
    let waiting: ReturnType<typeof setTimeout> | undefined;
    const redraw = () => {
      clearTimeout(waiting);
      waiting = setTimeout(redrawParts, afterMs);
    };
    const client = pageConnection();
    const offs = on === "command.changed"
      ? [client.on("changed", redraw)]
      : on === "chat.message"
      ? [client.on("message", redraw)]
      : [client.on("notification", ({ method }) => method === on && redraw())];
    // Also the first time: what happened since the page was made was told to nobody here.
    offs.push(client.on("ready", redraw));
    return () => {
      for (const off of offs) off();
      clearTimeout(waiting);
    };
  }, []);
  return null;
}
