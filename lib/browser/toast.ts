/** Event that carries a toast to the island that shows it. */
export const toastEvent = "behest-toast";

/** A short text; with `undo` also a button, with its name, that takes back what was done. */
export interface Toast {
  text: string;
  undo?: { name: string; run(): void } | undefined;
}

/** Shows a short text for a while, and has it read out. Only for the browser. */
export function toast(text: string, undo?: Toast["undo"]): void {
  dispatchEvent(new CustomEvent<Toast>(toastEvent, { detail: { text, undo } }));
}
