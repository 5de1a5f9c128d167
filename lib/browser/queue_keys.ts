/** Does what a key of the queue stands for. False: nothing here has that key. Only for the browser. */
export function pressQueueKey(key: string): boolean {
  switch (key) {
    case "j":
    case "k":
      return openBeside(key === "j" ? 1 : -1);
    case "c":
      return press('form[data-key="c"] button');
    case "e":
      return decide();
    case "u":
      return focus('form[data-key="u"] textarea');
    default:
      return /^[1-4]$/.test(key) && press(`input[data-key="${key}"]`);
  }
}

/** Opens the case after (or before) the open one; the first when none is open. */
function openBeside(step: 1 | -1): boolean {
  const rows = [...document.querySelectorAll<HTMLAnchorElement>(".queue-row")];
  const at = rows.findIndex((row) => row.getAttribute("aria-current") === "true");
  const next = at === -1 ? rows[0] : rows[at + step];
  next?.click();
  return next !== undefined;
}

/** Presses what the marks say: the sanctions that are ticked, or no action. */
function decide(): boolean {
  const form = document.querySelector('form[data-key="e"]');
  if (form === null) return false;
  const isMarked = form.querySelector('input[name="sanction"]:checked') !== null;
  const button = form.querySelector<HTMLElement>(`button[value="${isMarked ? "apply" : "dismiss"}"]`);
  // An appeal or a file has no decision without a reason.
  if (button === null) return focus('form[data-key="e"] textarea');
  button.click();
  return true;
}

function press(selector: string): boolean {
  const found = document.querySelector<HTMLElement>(selector);
  found?.click();
  return found !== null;
}

function focus(selector: string): boolean {
  const found = document.querySelector<HTMLElement>(selector);
  found?.focus();
  return found !== null;
}
