/** Event that carries a toast's text to the island that shows it. */
export const toastEvent = "behest-toast";

/** Shows a short text for a while, and has it read out. Only for the browser. */
export function toast(text: string): void {
  dispatchEvent(new CustomEvent<string>(toastEvent, { detail: text }));
}
