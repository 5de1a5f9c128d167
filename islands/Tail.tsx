import { useEffect } from "preact/hooks";
import "../lib/browser/base_path.ts";
import { redrawParts } from "../lib/browser/live_parts.ts";

/** Draws the parts of a page that are marked `data-live` anew every few seconds, while somebody sees it. */
export default function Tail({ everyMs }: { everyMs: number }) {
  useEffect(() => {
    let asking = false;
    const timer = setInterval(() => {
      if (asking || document.hidden) return;
      asking = true;
      redrawParts().finally(() => asking = false);
    }, everyMs);
    return () => clearInterval(timer);
  }, [everyMs]);
  return null;
}
