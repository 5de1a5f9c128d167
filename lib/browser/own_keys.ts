/**
 * Whether a key is the page's own: pressed alone, and neither in a field nor in a dialog. Not shared with the keys of every page,
 * which would cost each of them one script more.
 */
export function isOwnKey(
  { ctrlKey, metaKey, altKey, repeat, isComposing, target }: KeyboardEvent,
): boolean {
  if (ctrlKey || metaKey || altKey || repeat || isComposing) return false;
  if (document.querySelector("dialog[open]") !== null) return false;
  return !(target instanceof HTMLElement) ||
    target.closest("textarea, select, summary, input:not([type=checkbox])") === null;
}
