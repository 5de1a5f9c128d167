/**
 * A press beside an open sheet closes it. Where Stop stands behind it, that press is for Stop: nothing may stand in its way (UI-4).
 * For the `click` of a modal dialog; only for the browser.
 */
export function pressBeside(event: MouseEvent): void {
  const sheet = event.currentTarget;
  // A press on the sheet itself lands on its own padding too, so its bounds decide. Keys give no place.
  if (!(sheet instanceof HTMLDialogElement) || event.target !== sheet || event.detail === 0) return;
  const { left, right, top, bottom } = sheet.getBoundingClientRect();
  const { clientX: x, clientY: y } = event;
  if (x >= left && x <= right && y >= top && y <= bottom) return;
  sheet.close();
  document.elementFromPoint(x, y)?.closest<HTMLElement>(".button-stop")?.click();
}
