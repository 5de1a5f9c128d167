import { remainingText } from "../text/remaining.ts";
import type { Words } from "../words/mod.ts";
import { fetchPage } from "./fetch_page.ts";

/** Parts of the page that are drawn anew as a whole, by their ids. */
const parts = ["inbox-views", "inbox-search", "inbox-news", "inbox-end"];

/**
 * The rows of the inbox in the browser. The server draws them; this asks for the page again and puts what changed into its place, so a
 * row looks the same live and after a reload. Only for the browser.
 */
export class InboxPage {
  readonly root: HTMLElement;
  readonly #words: Words["answers"];
  /** What the server drew, before the browser changed anything of it. */
  readonly #drawn = new WeakMap<Element, string>();
  /** Rows that are drawn anew with the next page whatever is typed in them: they were answered. */
  readonly #answered = new Set<string>();
  /** Looks for the page so far; a later one wins. */
  #turn = 0;
  /** Looks whose answer has not come. */
  #looking = 0;
  /** Rows that were to open or close so far; a later one wins, and so does another view. */
  #toggles = 0;

  constructor(root: HTMLElement, words: Words["answers"]) {
    this.root = root;
    this.#words = words;
    for (const part of [...this.#parts(), ...this.rows.children]) {
      this.#drawn.set(part, drawn(part));
      unfolds(part);
    }
    this.tick();
  }

  get rows(): HTMLElement {
    return this.root.querySelector("#inbox-rows")!;
  }

  get items(): HTMLElement[] {
    return [...this.rows.querySelectorAll<HTMLElement>(".item")];
  }

  /** The row of a command; null when it is not on this page. */
  row(id: string): HTMLElement | null {
    return this.items.find((row) => idOf(row) === id) ?? null;
  }

  get picked(): string[] {
    const boxes = this.rows.querySelectorAll<HTMLInputElement>(".line > input:checked");
    return [...boxes].map(({ value }) => value);
  }

  /** Ticks all rows, or none if all are. */
  pickAll(): void {
    const boxes = [...this.rows.querySelectorAll<HTMLInputElement>(".line > input")];
    const on = boxes.some(({ checked }) => !checked);
    for (const box of boxes) box.checked = on;
  }

  /** Asks for the page of this address. `answered`: commands that were just answered. A later call wins. */
  async load(answered: readonly string[] = []): Promise<void> {
    for (const id of answered) this.#answered.add(id);
    const turn = ++this.#turn;
    this.#looking++;
    const next = (await fetchPage(location.href))?.getElementById("inbox");
    this.#looking--;
    if (turn === this.#turn && next) this.#show(next);
  }

  /** Leads to another view of the inbox. The browser's way back knows this one, unless `replaces`. */
  async go(href: string, replaces = false): Promise<void> {
    if (replaces) history.replaceState(null, "", href);
    else history.pushState(null, "", href);
    this.#toggles++;
    await this.load();
  }

  /** Takes rows away before the page is asked for again: what was answered leaves at once. */
  leave(ids: readonly string[]): void {
    const before = this.items;
    const gone = before.filter((row) => ids.includes(idOf(row)));
    const focused = gone.find((row) => row.contains(document.activeElement));
    const query = new URLSearchParams(location.search);
    if (ids.includes(query.get("open") ?? "")) {
      query.delete("open");
      history.replaceState(null, "", query.size === 0 ? "./" : `./?${query}`);
    }
    if (focused !== undefined) this.focus(this.after(focused, gone));
    for (const row of gone) row.remove();
  }

  /** The row after one, or before it when it is the last; none of those that are `left` out. */
  after(row: HTMLElement, left: readonly HTMLElement[] = [row]): HTMLElement | undefined {
    const items = this.items;
    const at = items.indexOf(row);
    const isThere = (one: HTMLElement) => !left.includes(one);
    return items.slice(at + 1).find(isThere) ?? items.slice(0, at).findLast(isThere);
  }

  /** Opens a row in its place, or closes it. */
  async toggle(pressed: HTMLElement): Promise<void> {
    const id = idOf(pressed);
    const href = pressed.querySelector("h3 a")!.getAttribute("href")!;
    const opening = !pressed.matches(".item-open");
    const toggle = ++this.#toggles;
    const next = await fetchPage(opening ? `${href}&only` : `${href}${href.includes("?") ? "&" : "?"}only`);
    // News may have drawn the row anew meanwhile.
    const row = this.row(id);
    if (toggle !== this.#toggles || next === null || row === null) return;
    history.replaceState(null, "", href);
    for (const other of this.rows.querySelectorAll<HTMLElement>(".item-open")) {
      if (other !== row) this.#fold(other);
    }
    const fresh = next.querySelector(".item");
    if (opening && fresh !== null) this.#put(row, fresh);
    else this.#fold(row);
    this.tick();
    this.row(id)?.scrollIntoView({ block: "nearest" });
    // What is being looked for is the page before this.
    if (this.#looking > 0) await this.load();
  }

  /** Writes anew how far each time is. */
  tick(): void {
    const now = Date.now();
    for (const time of this.rows.querySelectorAll<HTMLTimeElement>(".ends time, time[data-due]")) {
      const at = Date.parse(time.dateTime);
      const past = time.dataset.due === undefined ? "ago" : "late";
      time.textContent = remainingText(this.#words, at, now, past);
      if (past === "late" && at < now) time.className = "late";
    }
  }

  #parts(): HTMLElement[] {
    return parts.flatMap((id) => this.root.querySelector<HTMLElement>(`#${id}`) ?? []);
  }

  #show(next: HTMLElement): void {
    this.root.toggleAttribute("data-stopped", next.hasAttribute("data-stopped"));
    for (const part of this.#parts()) {
      const fresh = next.querySelector(`#${part.id}`);
      if (fresh !== null && !part.contains(document.activeElement)) this.#put(part, fresh);
    }
    for (const id of ["#many", "#one"]) {
      const action = next.querySelector(id)?.getAttribute("action");
      this.root.querySelector(id)?.setAttribute("action", action ?? "");
    }
    this.#showRows([...next.querySelector("#inbox-rows")?.children ?? []]);
    this.#answered.clear();
    this.tick();
  }

  #showRows(fresh: Element[]): void {
    const before = this.items;
    const focused = before.findIndex((row) => row.contains(document.activeElement));
    const known = new Map([...this.rows.children].map((row) => [idOf(row), row as HTMLElement]));
    const wanted = fresh.map((row) => {
      const old = known.get(idOf(row));
      known.delete(idOf(row));
      if (old === undefined) {
        row.classList.add("item-new");
        return this.#adopted(row);
      }
      const keeps = isTouched(old) && !this.#answered.has(idOf(old));
      return keeps ? old : this.#put(old, row);
    });
    for (const gone of known.values()) gone.remove();
    let at = this.rows.firstElementChild;
    for (const row of wanted) {
      if (row === at) at = at.nextElementSibling;
      else this.rows.insertBefore(row, at);
    }
    // Whoever worked through the rows by key goes on with the next one.
    if (focused !== -1 && document.activeElement === document.body) {
      this.focus(this.items[focused] ?? this.items.at(-1));
    }
  }

  focus(row: HTMLElement | undefined): void {
    const article = row?.querySelector<HTMLElement>("article");
    if (!article) return;
    article.tabIndex = -1;
    article.focus();
  }

  /** Puts what the server drew in the place of an element, unless it is the same. What stands there then. */
  #put(old: HTMLElement, fresh: Element): HTMLElement {
    const isHere = old.contains(document.activeElement);
    const picked = old.querySelector<HTMLInputElement>(".line > input")?.checked ?? false;
    if (this.#drawn.get(old) === drawn(fresh)) return old;
    const put = this.#adopted(fresh);
    old.replaceWith(put);
    const pick = put.querySelector<HTMLInputElement>(".line > input");
    if (pick !== null) pick.checked = picked;
    if (isHere && put.matches(".item")) this.focus(put);
    return put;
  }

  #adopted(fresh: Element): HTMLElement {
    const html = drawn(fresh);
    const own = document.adoptNode(fresh) as HTMLElement;
    this.#drawn.set(own, html);
    unfolds(own);
    return own;
  }

  #fold(row: HTMLElement): void {
    row.querySelector(".item-whole")?.remove();
    row.classList.remove("item-open");
    const link = row.querySelector("h3 a")!;
    link.removeAttribute("aria-current");
    link.setAttribute("aria-expanded", "false");
    const query = new URLSearchParams(location.search);
    query.set("open", idOf(row));
    link.setAttribute("href", `./?${query}`);
    this.#drawn.set(row, "");
  }
}

/** The command of a row; of the name of a day its own id. */
export function idOf(row: Element): string {
  return row.querySelector<HTMLInputElement>(".line > input")?.value ?? row.id;
}

/** Without scripts a row's link is a link; with them it unfolds the row. */
function unfolds(row: Element): void {
  row.querySelector(".line a")?.setAttribute("aria-expanded", String(row.matches(".item-open")));
}

/** An element as the server drew it, without the times: they change by themselves. */
function drawn(element: Element): string {
  return new XMLSerializer().serializeToString(element).replaceAll(/<time[^]*?<\/time>/g, "").replace(
    " item-new",
    "",
  );
}

/** Whether somebody has begun an answer in an open row. */
function isTouched(row: HTMLElement): boolean {
  if (row.querySelector(".item-whole :is(input, textarea, select):focus") !== null) return true;
  const fields = row.querySelectorAll<HTMLInputElement>(
    ".item-whole :is(input:not([type=hidden]), textarea)",
  );
  return [...fields].some((field) =>
    field.type === "checkbox" || field.type === "radio"
      ? field.checked !== field.defaultChecked
      : field.value !== field.defaultValue
  );
}
