/** Elements that use keys themselves, such as text fields. */
const typedInto =
  "input, textarea, select, summary, video, audio, [contenteditable]:not([contenteditable=false])";

/** Whether a key belongs to such an element or to an open dialog. Only for the browser. */
export function isTyped(event: KeyboardEvent): boolean {
  const { target } = event;
  if (event.isComposing || document.querySelector("dialog[open]") !== null) return true;
  return target instanceof HTMLElement && target.closest(typedInto) !== null;
}

function cards(): HTMLElement[] {
  const visible = (selector: string) =>
    [...document.querySelectorAll<HTMLElement>(selector)].filter((one) => one.checkVisibility());
  const found = visible("main article");
  return found.length > 0 ? found : visible("main .people > li");
}

/** The command after (or before) the one with the focus; the first if none has it. Null at the end. */
export function cardsToMove(step: 1 | -1): HTMLElement | null {
  const all = cards();
  const at = all.findIndex((card) => card.contains(document.activeElement));
  const next = at === -1 ? all[0] : all[at + step];
  if (next !== undefined) next.tabIndex = -1;
  return next ?? null;
}

/** Follows the link of the focused command, or moves the focus to its first answer. No key sends an answer. */
export function openCard(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement) || !cards().includes(target)) return false;
  const link = target.querySelector<HTMLElement>("h2 a, h3 a, .name a");
  if (link !== null) {
    link.click();
    return true;
  }
  target.querySelector<HTMLElement>(".actions :is(button, input:not([type=hidden]), summary)")?.focus();
  return true;
}
