/**
 * Handles the `click` event of a modal dialog: a click outside it closes it. A click where the Stop button lies behind the
 * dialog also presses Stop, because nothing may cover Stop (UI-4). Only for the browser.
 */
export function pressBeside(event: MouseEvent): void {
  const sheet = event.currentTarget;
  // A click on the padding of the sheet has the same target as one beside it, so its bounds decide. Keys have no place.
  if (!(sheet instanceof HTMLDialogElement) || event.target !== sheet || event.detail === 0) return;
  const { left, right, top, bottom } = sheet.getBoundingClientRect();
  const { clientX: x, clientY: y } = event;
  if (x >= left && x <= right && y >= top && y <= bottom) return;
  sheet.close();
  document.elementFromPoint(x, y)?.closest<HTMLElement>(".button-stop")?.click();
}
