import { fetchPage } from "./fetch_page.ts";

/** What the page says beside a control. */
export interface Told {
  kind: "saved" | "wrong" | "waits" | "over";
  message: string;
  effect?: string | null;
  /** What the person can do now, by the words' names. */
  actions?: Partial<Record<"undo" | "mine" | "theirs", () => void>>;
}

interface Answer {
  message: string;
  effect?: string | null;
  undo?: string | null;
  /** By the field's name. */
  fields?: Record<string, string>;
  shown: string;
}

interface Work {
  section: HTMLElement;
  undo: string | null;
}

/** How long a choice stands before it is saved: who passes a dot on the way to another does not choose it. */
const settledMs = 700;
/** How often a server that is away is asked again. */
const againMs = 5000;
/** Something else was saved meanwhile, as HTTP says it. */
const conflict = 409;

/** Fires on a section after its preference was saved, and on the form with a newly drawn page as detail. */
export const savedEvent = "preference-saved";
export const freshEvent = "preferences-fresh";

/**
 * Saves each preference of a form when it is changed, one after the other, and says what became of it. A control that was changed in
 * another tab follows, unless the person has changed it here too. Only for the browser.
 */
export class PreferenceSaver implements Disposable {
  readonly #form: HTMLFormElement;
  readonly #tell: (section: HTMLElement, told: Told | null) => void;
  readonly #words: { waits: string; over: string };
  readonly #waiting = new Map<HTMLElement, ReturnType<typeof setTimeout>>();
  #queue: Work[] = [];
  #busy = false;
  #again: ReturnType<typeof setTimeout> | undefined;
  readonly #ended = new AbortController();

  constructor(
    form: HTMLFormElement,
    words: { waits: string; over: string },
    tell: (section: HTMLElement, told: Told | null) => void,
  ) {
    this.#form = form;
    this.#words = words;
    this.#tell = tell;
    const { signal } = this.#ended;
    form.addEventListener("change", (event) => this.#changed(event), { signal });
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#settle();
    }, { signal });
    addEventListener("pagehide", () => this.#leave(), { signal });
    addEventListener("online", () => void this.#work(), { signal });
  }

  [Symbol.dispose](): void {
    this.#ended.abort();
    clearTimeout(this.#again);
    for (const timer of this.#waiting.values()) clearTimeout(timer);
  }

  /** Takes over what other tabs and devices changed; in `section` also over what was chosen here. */
  async refresh(section: HTMLElement | null = null): Promise<void> {
    const page = await fetchPage(location.pathname);
    const form = page?.getElementById(this.#form.id);
    if (form === null || form === undefined) return;
    if (section !== null) this.#tell(section, null);
    this.#take(form as HTMLFormElement, section);
  }

  #changed({ target }: Event): void {
    const section = target instanceof Element ? target.closest<HTMLElement>("[data-saves]") : null;
    if (section === null) return;
    clearTimeout(this.#waiting.get(section));
    // What is typed stands when its field is left.
    const settled = target instanceof HTMLInputElement && target.type === "text" ? 0 : settledMs;
    this.#waiting.set(section, setTimeout(() => this.#ask(section), settled));
  }

  /** Saves what still stands to be saved, without waiting. */
  #settle(): void {
    for (const section of [...this.#waiting.keys()]) this.#ask(section);
  }

  #ask(section: HTMLElement, undo: string | null = null): void {
    clearTimeout(this.#waiting.get(section));
    this.#waiting.delete(section);
    this.#queue = [...this.#queue.filter((work) => work.section !== section), { section, undo }];
    void this.#work();
  }

  async #work(): Promise<void> {
    clearTimeout(this.#again);
    if (this.#busy) return;
    this.#busy = true;
    while (this.#queue.length > 0) {
      const work = this.#queue[0]!;
      const answer = await this.#post(work);
      if (answer === "away") {
        this.#tell(work.section, { kind: "waits", message: this.#words.waits });
        this.#again = setTimeout(() => void this.#work(), againMs);
        break;
      }
      // It may have been changed again meanwhile, and is there anew then.
      if (this.#queue[0] === work) this.#queue.shift();
      if (answer === "over") {
        this.#tell(work.section, { kind: "over", message: this.#words.over });
      } else await this.#answered(work, answer);
    }
    this.#busy = false;
  }

  #body({ section, undo }: Work): URLSearchParams {
    const body = new URLSearchParams();
    for (const [name, value] of new FormData(this.#form)) {
      if (typeof value === "string") body.append(name, value);
    }
    body.set("only", section.dataset.saves!);
    if (undo !== null) body.set("undo", undo);
    return body;
  }

  async #post(work: Work): Promise<{ status: number; json: Answer } | "away" | "over"> {
    try {
      const response = await fetch(this.#form.action, {
        method: "POST",
        headers: { accept: "application/json" },
        body: this.#body(work),
      });
      const isAnswer = response.headers.get("content-type")?.startsWith("application/json") === true;
      // A page in its place is the login.
      if (!isAnswer) return response.status < 429 ? "over" : "away";
      return { status: response.status, json: await response.json() as Answer };
    } catch {
      return "away";
    }
  }

  async #answered(
    { section, undo }: Work,
    { status, json }: { status: number; json: Answer },
  ): Promise<void> {
    this.#shown().value = json.shown;
    const wrong = Object.entries(json.fields ?? {});
    for (const control of controlsIn(section)) {
      if (wrong.some(([name]) => name === control.name)) control.setAttribute("aria-invalid", "true");
      else control.removeAttribute("aria-invalid");
    }
    for (const old of section.querySelectorAll(".field-error")) old.remove();
    if (status === conflict) {
      // Both are kept until the person says which: theirs here, the other on the server.
      const mine = () => this.#ask(section, undo);
      const theirs = () => void this.refresh(section);
      return this.#tell(section, { kind: "wrong", message: json.message, actions: { mine, theirs } });
    }
    if (status >= 400) {
      return this.#tell(section, { kind: "wrong", message: wrong[0]?.[1] ?? json.message });
    }
    if (undo !== null) await this.refresh(section);
    else {
      for (const control of controlsIn(section)) keepAsDefault(control);
      section.dispatchEvent(new Event(savedEvent));
    }
    const back = json.undo ?? null;
    this.#tell(section, {
      kind: "saved",
      message: json.message,
      effect: json.effect ?? null,
      actions: back === null ? {} : { undo: () => this.#ask(section, back) },
    });
  }

  #shown(): HTMLInputElement {
    return this.#form.querySelector<HTMLInputElement>("input[name=shown]")!;
  }

  /** Puts in what a newly drawn form has. A control that the person changed stays, unless it is in the section `taken`. */
  #take(fresh: HTMLFormElement, taken: HTMLElement | null): void {
    const shown = fresh.querySelector<HTMLInputElement>("input[name=shown]");
    // While something is on its way, its answer brings the newest.
    if (shown !== null && (this.#queue.length === 0 || taken !== null)) this.#shown().value = shown.value;
    for (const section of this.#form.querySelectorAll<HTMLElement>("[data-saves]")) {
      const isPending = this.#waiting.has(section) || this.#queue.some((work) => work.section === section);
      if (isPending && section !== taken) continue;
      const next = fresh.querySelector<HTMLElement>(`[data-saves="${section.dataset.saves}"]`);
      if (next === null) continue;
      section.dispatchEvent(
        new CustomEvent(freshEvent, { detail: { section: next, force: section === taken } }),
      );
      if (section.querySelector("[data-drawn]") === null) follow(section, next, section === taken);
    }
  }

  /** The page goes: what still stands to be saved goes out with it. */
  #leave(): void {
    const waiting = [...this.#waiting.keys()].map((section) => ({ section, undo: null }));
    for (const work of [...this.#queue, ...waiting]) {
      const body = this.#body(work);
      const headers = { accept: "application/json" };
      void fetch(this.#form.action, { method: "POST", headers, body, keepalive: true }).catch(() => {});
    }
  }
}

function controlsIn(section: Element): HTMLInputElement[] {
  return [...section.querySelectorAll("input")].filter(({ type }) => type !== "hidden");
}

const isBox = ({ type }: HTMLInputElement) => type === "checkbox" || type === "radio";

function keepAsDefault(control: HTMLInputElement): void {
  if (isBox(control)) control.defaultChecked = control.checked;
  else control.defaultValue = control.value;
}

/** Where the person left a section alone, its controls take the values of another drawing of it. */
function follow(section: Element, next: Element, force: boolean): void {
  const controls = controlsIn(section);
  const isChanged = controls.some((one) =>
    isBox(one) ? one.checked !== one.defaultChecked : one.value !== one.defaultValue
  );
  if (isChanged && !force) return;
  for (const control of controls) {
    const same = controlsIn(next).find(({ name, value, type }) =>
      name === control.name && (!isBox(control) || value === control.value) && type === control.type
    );
    if (same === undefined) continue;
    if (isBox(control)) control.checked = same.defaultChecked;
    else control.value = same.defaultValue;
    keepAsDefault(control);
  }
}
