import { useEffect } from "preact/hooks";
import "../lib/browser/base_path.ts";
import { isOwnKey } from "../lib/browser/own_keys.ts";
import { pressQueueKey } from "../lib/browser/queue_keys.ts";

/** MO-2: the queue by keyboard. `single`: whether keys without Ctrl do something. */
export default function QueueKeys({ single }: { single: boolean }) {
  useEffect(() => {
    if (!single) return;
    const onKey = (event: KeyboardEvent) => {
      if (isOwnKey(event) && pressQueueKey(event.key)) event.preventDefault();
    };
    // Before the keys of every page.
    addEventListener("keydown", onKey, { capture: true });
    return () => removeEventListener("keydown", onKey, { capture: true });
  }, [single]);
  return null;
}
