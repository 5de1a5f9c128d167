import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { type Toast, toastEvent } from "../lib/browser/toast.ts";

/** As long as the server takes an answer back (CM-13). Nothing stands here that the page does not show too. */
const shownMs = 10_000;

const nothing: Toast = { text: "" };

/** Says what was just done. The region is there before its words, or screen readers would miss them. */
export function ToastLine() {
  const said = useSignal(nothing);

  useEffect(() => {
    let hiding: ReturnType<typeof setTimeout> | undefined;
    const onToast = (event: Event) => {
      said.value = (event as CustomEvent<Toast>).detail;
      clearTimeout(hiding);
      hiding = setTimeout(() => said.value = nothing, shownMs);
    };
    addEventListener(toastEvent, onToast);
    return () => {
      removeEventListener(toastEvent, onToast);
      clearTimeout(hiding);
    };
  }, []);

  const { text, undo } = said.value;
  return (
    <div class={text === "" ? "toast toast-off" : "toast"} role="status">
      {text}
      {undo && <button type="button" class="toast-undo" onClick={undo.run}>{undo.name}</button>}
    </div>
  );
}
