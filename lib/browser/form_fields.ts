/** What was typed into a form: by field name, the text of each field, or the values of its boxes that are ticked. */
export type Typed = Record<string, string[]>;

type Control = HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement;

/** Marks a hidden field that holds what was typed, for islands that show it another way. It hears `input` events. */
export const typedMark = "data-typed";

/** Never kept: what confirms a step must be given anew each time. */
const neverKept: ReadonlySet<string> = new Set(["confirm", "sure", "adult"]);
const noText: ReadonlySet<string> = new Set(["password", "file", "submit", "button", "image", "reset"]);

/** The fields that a person fills in. Never passwords and codes. */
function controlsOf(form: HTMLFormElement): Control[] {
  return [...form.elements].filter((one): one is Control => isControl(one) && isTyped(one));
}

function isControl(one: Element): one is Control {
  return one instanceof HTMLInputElement || one instanceof HTMLSelectElement ||
    one instanceof HTMLTextAreaElement;
}

function isTyped(control: Control): boolean {
  if (control.name === "" || neverKept.has(control.name) || control.autocomplete === "one-time-code") {
    return false;
  }
  if (!(control instanceof HTMLInputElement)) return true;
  return control.type === "hidden" ? control.hasAttribute(typedMark) : !noText.has(control.type);
}

const isBox = (control: Control): control is HTMLInputElement =>
  control instanceof HTMLInputElement && (control.type === "checkbox" || control.type === "radio");

/** Whether words can be lost in it: it is posted, has a field to write in, and asks for no password. */
export function isKept(form: HTMLFormElement): boolean {
  if (form.getAttribute("method")?.toLowerCase() !== "post") return false;
  // Each field is saved when it is changed.
  if (form.hasAttribute("data-saved-alone")) return false;
  if (form.querySelector("input[type=password], input[type=file][name]") !== null) return false;
  return controlsOf(form).some((one) =>
    !isBox(one) && !(one instanceof HTMLSelectElement) && one.type !== "number"
  );
}

/** Names a form of a page, so that it is found again on the page's next load. */
export function nameOf(form: HTMLFormElement): string {
  const fixed = [...form.elements].flatMap((one) =>
    one instanceof HTMLInputElement && one.type === "hidden" && !one.hasAttribute(typedMark) &&
      !["key", "zone", "back"].includes(one.name)
      ? [`${one.name}=${one.value}`]
      : []
  );
  const names = new Set(controlsOf(form).filter((one) => !isBox(one)).map(({ name }) => name));
  return [...fixed, ...names].sort().join("&");
}

/** What stands in the form now. */
export function readTyped(form: HTMLFormElement): Typed {
  return read(form, (one) => isBox(one) ? one.checked : one.value);
}

/** What stood in it when the page came. */
export function readDefaults(form: HTMLFormElement): Typed {
  return read(form, (one) => {
    if (isBox(one)) return one.defaultChecked;
    if (one instanceof HTMLSelectElement) {
      const chosen = [...one.options].find(({ defaultSelected }) => defaultSelected) ?? one.options[0];
      return chosen?.value ?? "";
    }
    return one.type === "hidden" ? one.value : one.defaultValue;
  });
}

function read(form: HTMLFormElement, valueOf: (control: Control) => string | boolean): Typed {
  const typed: Typed = {};
  for (const control of controlsOf(form)) {
    const values = typed[control.name] ??= [];
    const value = valueOf(control);
    if (value === true) values.push(control.value);
    else if (typeof value === "string") values.push(value.replaceAll("\r\n", "\n"));
  }
  return typed;
}

/** Puts it back as if it were typed, so that islands notice. Fields that it does not name stay. */
export function putTyped(form: HTMLFormElement, typed: Typed): void {
  const next = new Map<string, number>();
  for (const control of controlsOf(form)) {
    const values = typed[control.name];
    if (values === undefined) continue;
    if (isBox(control)) {
      const checked = values.includes(control.value);
      if (control.checked === checked) continue;
      control.checked = checked;
    } else {
      const at = next.get(control.name) ?? 0;
      next.set(control.name, at + 1);
      const value = values[at];
      if (value === undefined || control.value === value) continue;
      control.value = value;
    }
    for (const type of ["input", "change"]) control.dispatchEvent(new Event(type, { bubbles: true }));
  }
}

export function sameTyped(one: Typed, other: Typed): boolean {
  const names = new Set([...Object.keys(one), ...Object.keys(other)]);
  return [...names].every((name) => {
    const [mine, theirs] = [one[name] ?? [], other[name] ?? []];
    return mine.length === theirs.length && mine.every((value, at) => value === theirs[at]);
  });
}

/** The key by which a repeated send is one command (CM-1); null for forms without one. */
export function keyField(form: HTMLFormElement): HTMLInputElement | null {
  return form.querySelector<HTMLInputElement>("input[type=hidden][name=key]");
}
