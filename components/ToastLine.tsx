import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { type Toast, toastEvent } from "../lib/browser/toast.ts";

/** Long enough to read a sentence twice. Nothing stands here that the page does not show too. */
const shownMs = 6000;
/** As long as the server takes an answer back (CM-13). */
const undoMs = 10_000;

const nothing: Toast = { text: "" };

/** Says what was just done. The region is there before its words, or screen readers would miss them. */
export function ToastLine() {
  const said = useSignal(nothing);

  useEffect(() => {
    let hiding: ReturnType<typeof setTimeout> | undefined;
    const onToast = (event: Event) => {
      const { detail } = event as CustomEvent<Toast>;
      said.value = detail;
      clearTimeout(hiding);
      hiding = setTimeout(() => said.value = nothing, detail.undo === undefined ? shownMs : undoMs);
    };
    addEventListener(toastEvent, onToast);
    return () => {
      removeEventListener(toastEvent, onToast);
      clearTimeout(hiding);
    };
  }, []);

  const { text, undo } = said.value;
  const press = () => {
    said.value = nothing;
    undo?.run();
  };
  return (
    <div class={text === "" ? "toast toast-off" : "toast"} role="status">
      {text}
      {undo === undefined
        ? null
        : <button type="button" class="toast-undo" onClick={press}>{undo.name}</button>}
    </div>
  );
}
