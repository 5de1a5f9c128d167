import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { toastEvent } from "../lib/browser/toast.ts";

/** Long enough to read a sentence twice. Nothing stands here that the page does not show too. */
const shownMs = 6000;

/** Says what was just done. The region is there before its words, or screen readers would miss them. */
export function ToastLine() {
  const said = useSignal("");

  useEffect(() => {
    let hiding: ReturnType<typeof setTimeout> | undefined;
    const onToast = (event: Event) => {
      if (!(event instanceof CustomEvent) || typeof event.detail !== "string") return;
      said.value = event.detail;
      clearTimeout(hiding);
      hiding = setTimeout(() => said.value = "", shownMs);
    };
    addEventListener(toastEvent, onToast);
    return () => {
      removeEventListener(toastEvent, onToast);
      clearTimeout(hiding);
    };
  }, []);

  return <p class={said.value === "" ? "toast toast-off" : "toast"} role="status">{said.value}</p>;
}
