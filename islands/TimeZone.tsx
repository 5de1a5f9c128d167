import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";

/** Tells the server, and the person, in which zone the times of the form are meant. Without scripts: as rendered. */
export default function TimeZone({ zone }: { zone: string }) {
  const current = useSignal(zone);
  useEffect(() => {
    current.value = Intl.DateTimeFormat().resolvedOptions().timeZone || "UTC";
  }, []);
  return (
    <p class="hint">
      <input type="hidden" name="zone" value={current.value} />
      Times are in {current.value.replaceAll("_", " ")}.
    </p>
  );
}
