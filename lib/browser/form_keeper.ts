import { placed } from "./base_path.ts";
import { type Draft, type Drafts, wipeDrafts } from "./drafts.ts";
import { markSent, onFormAnswered, serverStanding, takenDraft } from "./form_delivery.ts";
import {
  isKept,
  keyField,
  nameOf,
  putTyped,
  readDefaults,
  readTyped,
  sameTyped,
  type Typed,
} from "./form_fields.ts";

/** What the page says about its drafts. */
export interface KeeperNews {
  /** Text that was typed before stands in a form again. */
  restored: boolean;
  /** A form waits for the server. */
  waiting: boolean;
  /** Paths of other pages with a form that waits. */
  elsewhere: readonly string[];
}

/** Parameters of an address that fill in a form. */
const prefilling = ["to", "group", "attachments"];
/** How soon after a key the text is kept, in ms. */
const keepAfterMs = 300;
/** How often a server that is away is asked again, in ms. */
const askAgainMs = 5000;

interface Kept {
  slot: string;
  /** What the server put into the form; null if that is already a draft of it. */
  defaults: Typed | null;
  /** As last kept. */
  last: Typed;
}

/** UI-10: keeps what is typed into the forms of a page, puts it back, and sends what waits. Only for the browser. */
export class FormKeeper implements Disposable {
  readonly #drafts: Drafts;
  readonly #main: HTMLElement;
  readonly #tell: (news: KeeperNews) => void;
  readonly #forms = new Map<HTMLFormElement, Kept>();
  /** Forms that an island sends over the connection. */
  readonly #handed = new Set<HTMLFormElement>();
  readonly #restored = new Set<HTMLFormElement>();
  #waiting: { form: HTMLFormElement; button: HTMLElement | null } | null = null;
  #asking = false;
  #keeping: ReturnType<typeof setTimeout> | undefined;
  #scanning: ReturnType<typeof setTimeout> | undefined;
  #again: ReturnType<typeof setTimeout> | undefined;
  readonly #offs: (() => void)[] = [];

  constructor(drafts: Drafts, main: HTMLElement, tell: (news: KeeperNews) => void) {
    this.#drafts = drafts;
    this.#main = main;
    this.#tell = tell;
    const taken = takenDraft();
    if (taken !== null) drafts.drop(taken);
    for (const type of ["input", "change", "click"]) this.#listen(main, type, () => this.#keepSoon());
    this.#listen(document, "submit", (event) => this.#submitted(event as SubmitEvent));
    // Before the page's own handler, which ends with the form on its way.
    this.#listen(document, "submit", (event) => this.#leaveForGood(event), { capture: true });
    this.#listen(globalThis, "pagehide", () => this.#keepAll());
    this.#listen(document, "visibilitychange", () => this.#keepAll());
    this.#listen(globalThis, "online", () => void this.#deliver());
    this.#offs.push(onFormAnswered((id) => this.#answered(id)));
    const watching = new MutationObserver(() => this.#scanSoon());
    watching.observe(main, { childList: true, subtree: true });
    this.#offs.push(() => watching.disconnect());
    // After the islands: they show what they are given in fields of their own.
    this.#scanSoon();
  }

  /** Empties the forms that were filled in again, and forgets the drafts. */
  discard(): void {
    for (const form of this.#restored) {
      const kept = this.#forms.get(form);
      if (kept === undefined) continue;
      this.#drafts.drop(kept.slot);
      kept.last = kept.defaults ?? kept.last;
      if (kept.defaults !== null) putTyped(form, kept.defaults);
    }
    this.#restored.clear();
    this.#say();
  }

  /** The form is not sent when the server is back; what was typed stays. */
  withdraw(): void {
    if (this.#waiting !== null) this.#keep(this.#waiting.form, undefined);
    this.#waiting = null;
    clearTimeout(this.#again);
    this.#say();
  }

  [Symbol.dispose](): void {
    for (const off of this.#offs) off();
    for (const timer of [this.#keeping, this.#scanning, this.#again]) clearTimeout(timer);
  }

  /** At a logout the drafts go, and the page on its way out keeps no more: an island may have changed a form since. */
  #leaveForGood({ target }: Event): void {
    if (!(target instanceof HTMLFormElement) || target.getAttribute("action") !== placed("/logout")) return;
    this[Symbol.dispose]();
    this.#waiting = null;
    wipeDrafts();
  }

  #listen(target: EventTarget, type: string, listener: (event: Event) => void, options = {}): void {
    target.addEventListener(type, listener, options);
    this.#offs.push(() => target.removeEventListener(type, listener, options));
  }

  #say(): void {
    const elsewhere = this.#drafts.all(Date.now())
      .filter(({ wanted, path }) => wanted !== undefined && path !== location.pathname);
    this.#tell({
      restored: this.#restored.size > 0,
      waiting: this.#waiting !== null,
      elsewhere: [...new Set(elsewhere.map(({ path }) => path))],
    });
  }

  #scanSoon(): void {
    clearTimeout(this.#scanning);
    this.#scanning = setTimeout(() => this.#scan(), 0);
  }

  #scan(): void {
    for (const [form, { slot }] of this.#forms) {
      if (form.isConnected) continue;
      // An island that sent it has taken it away: it is answered, or waits in the connection's own store.
      if (this.#handed.delete(form)) this.#drafts.drop(slot);
      this.#forms.delete(form);
      this.#restored.delete(form);
    }
    for (const form of this.#main.querySelectorAll("form")) {
      if (!this.#forms.has(form) && isKept(form)) this.#meet(form);
    }
    this.#say();
  }

  #meet(form: HTMLFormElement): void {
    const [path, name, prefilled] = [location.pathname, nameOf(form), prefill()];
    const draft = this.#drafts.find(path, name, prefilled, Date.now());
    const slot = this.#drafts.slot(path, name, prefilled);
    const defaults = readDefaults(form);
    if (draft === null) return void this.#forms.set(form, { slot, defaults, last: defaults });
    if (draft.slot !== slot) {
      this.#drafts.drop(draft.slot);
      this.#drafts.keep({ ...draft, slot });
    }
    // The server filled in what it refused; its key is the newer one.
    const isThere = sameTyped(defaults, { ...defaults, ...draft.typed });
    this.#forms.set(form, { slot, defaults: isThere ? null : defaults, last: draft.typed });
    if (isThere) return;
    putTyped(form, draft.typed);
    const key = keyField(form);
    if (key !== null && draft.key !== undefined) key.value = draft.key;
    this.#restored.add(form);
    if (draft.wanted === undefined || this.#waiting !== null) return;
    this.#waiting = { form, button: buttonOf(form, draft.wanted) };
    void this.#deliver();
  }

  #keepSoon(): void {
    clearTimeout(this.#keeping);
    this.#keeping = setTimeout(() => this.#keepAll(), keepAfterMs);
  }

  #keepAll(): void {
    for (const [form, kept] of this.#forms) {
      if (form.isConnected && !sameTyped(readTyped(form), kept.last)) this.#changed(form, kept);
    }
  }

  #changed(form: HTMLFormElement, kept: Kept): void {
    // Who goes on typing wants to send something else.
    if (this.#waiting?.form === form) {
      this.#waiting = null;
      this.#say();
    }
    const typed = readTyped(form);
    if (kept.defaults === null || !sameTyped(typed, kept.defaults)) return this.#keep(form, undefined);
    kept.last = typed;
    this.#drafts.drop(kept.slot);
  }

  #keep(form: HTMLFormElement, wanted: Draft["wanted"]): void {
    const kept = this.#forms.get(form);
    if (kept === undefined) return;
    kept.last = readTyped(form);
    this.#drafts.keep({
      slot: kept.slot,
      path: location.pathname,
      typed: kept.last,
      key: keyField(form)?.value,
      at: Date.now(),
      wanted,
    });
  }

  #submitted(event: SubmitEvent): void {
    const form = event.target;
    if (!(form instanceof HTMLFormElement) || !this.#forms.has(form)) return;
    if (form.dataset.sending !== undefined) return;
    if (event.defaultPrevented) {
      this.#keepAll();
      return void this.#handed.add(form);
    }
    event.preventDefault();
    // Kept first: the server may go away between its answer and the form.
    this.#keep(form, undefined);
    this.#waiting = { form, button: event.submitter };
    void this.#deliver();
  }

  /** Sends the form that waits, leads to the login, or asks again later. */
  async #deliver(): Promise<void> {
    clearTimeout(this.#again);
    if (this.#waiting === null || this.#asking) return;
    this.#asking = true;
    const standing = await serverStanding();
    this.#asking = false;
    if (this.#waiting === null) return;
    const { form, button } = this.#waiting;
    switch (standing) {
      case "here":
        this.#waiting = null;
        return this.#send(form, button);
      case "over":
        this.#keep(form, undefined);
        return location.assign(
          placed(`/login?next=${encodeURIComponent(location.pathname + location.search)}`),
        );
      case "away": {
        const { name, value } = button instanceof HTMLButtonElement ? button : { name: "", value: "" };
        this.#keep(form, { name, value, at: Date.now() });
        this.#again = setTimeout(() => void this.#deliver(), askAgainMs);
        return this.#say();
      }
      default:
        standing satisfies never;
    }
  }

  #send(form: HTMLFormElement, button: HTMLElement | null): void {
    this.#keep(form, undefined);
    const kept = this.#forms.get(form);
    if (kept !== undefined) markSent(kept.slot);
    form.dataset.sending = "";
    form.requestSubmit(button?.isConnected ? button : null);
    delete form.dataset.sending;
    this.#say();
  }

  #answered(id: string): void {
    for (const form of this.#handed) {
      const kept = this.#forms.get(form);
      if (kept === undefined || form.querySelector<HTMLInputElement>("input[name=id]")?.value !== id) {
        continue;
      }
      this.#handed.delete(form);
      this.#restored.delete(form);
      this.#drafts.drop(kept.slot);
    }
    this.#say();
  }
}

function buttonOf(
  form: HTMLFormElement,
  { name, value }: { name: string; value: string },
): HTMLElement | null {
  return [...form.querySelectorAll("button")].find((one) =>
    one.type === "submit" && one.name === name && one.value === value
  ) ?? null;
}

/** The part of the address that fills in forms; "" if there is none. */
function prefill(): string {
  const asked = new URLSearchParams(location.search);
  const pairs = [...asked].filter(([name]) => prefilling.includes(name));
  return new URLSearchParams(pairs).toString();
}
