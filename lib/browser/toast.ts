/** How a toast's words come to the island that shows them: islands of one page share nothing else. */
export const toastEvent = "behest-toast";

/** Says in passing what was done; it is shown for a while and read out. Only for the browser. */
export function toast(text: string): void {
  dispatchEvent(new CustomEvent<string>(toastEvent, { detail: text }));
}
