import { useEffect } from "preact/hooks";
import { type LiveEvent, redrawParts } from "../lib/browser/live_parts.ts";
import { pageConnection } from "../lib/browser/connection.ts";

/** How long after an event the page is asked for: several come together. */
const afterMs = 200;

/** Draws the parts of a page that are marked `data-live` anew when the server tells of a change (UI-11). */
export default function Live({ on }: { on: LiveEvent }) {
  useEffect(() => {
    let waiting: ReturnType<typeof setTimeout> | undefined;
    const off = pageConnection().on("notification", ({ method }) => {
      if (method !== on) return;
      clearTimeout(waiting);
      waiting = setTimeout(redrawParts, afterMs);
    });
    return () => {
      off();
      clearTimeout(waiting);
    };
  }, []);
  return null;
}
