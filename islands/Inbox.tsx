import { hydrate, render } from "preact";
import { useEffect } from "preact/hooks";
import { readAction } from "../lib/browser/command_action.ts";
import { pageConnection } from "../lib/browser/connection.ts";
import { answerOf, InboxAnswers, leaves } from "../lib/browser/inbox_answers.ts";
import { idOf, InboxPage } from "../lib/browser/inbox_page.ts";
import { isOwnKey } from "../lib/browser/own_keys.ts";
import { Soon } from "../lib/browser/soon.ts";
import type { SomeWords } from "../lib/words/mod.ts";

interface InboxProps {
  words: SomeWords<"answers" | "failures">;
  /** Whether keys without Ctrl do something. */
  single: boolean;
}

/** How often times are written anew. */
const tickMs = 20_000;
/** How long after the last letter a search begins. */
const typedMs = 250;
/** At most how much later than others a browser asks for what came to many: all would ask at once. */
const spreadMs = 4000;

/** Makes the inbox live: rows that come, change and open without a reload, answers over the connection, keys. It draws nothing itself. */
export default function Inbox({ words: { language, sections }, single }: InboxProps) {
  useEffect(() => {
    const root = document.getElementById("inbox")!;
    const page = new InboxPage(root, sections.answers);
    const redraw = async () => {
      await page.load();
      attach();
    };
    const soon = new Soon(redraw);
    const answers = new InboxAnswers(page, { language, ...sections }, () => soon.ask(0));
    const places = new Set<HTMLElement>();
    /** The choice of files in rows that were opened. */
    const attach = () => {
      for (const place of places) {
        if (place.isConnected) continue;
        render(null, place);
        places.delete(place);
      }
      for (const place of root.querySelectorAll<HTMLElement>("[data-attach]")) {
        if (!places.has(place)) void enliven(places, place);
      }
    };
    const minutes = () => Number(root.querySelector<HTMLSelectElement>("#many select")?.value);

    const onClick = (event: MouseEvent) => {
      if (
        !(event.target instanceof Element) || event.button !== 0 || event.ctrlKey || event.metaKey ||
        event.shiftKey
      ) return;
      if (event.target.closest("[data-pick-all]")) return page.pickAll();
      const link = event.target.closest<HTMLAnchorElement>('a[href^="./"]');
      if (link === null) return;
      event.preventDefault();
      const row = link.closest<HTMLElement>(".item h3")?.closest<HTMLElement>(".item");
      void (row ? page.toggle(row) : page.go(link.getAttribute("href")!)).then(attach);
    };
    const onSubmit = (event: SubmitEvent) => {
      const form = event.target as HTMLFormElement;
      if (form.id === "inbox-search") {
        event.preventDefault();
        return search(form, false);
      }
      const data = new FormData(form, event.submitter);
      if (data.has("undo")) return;
      event.preventDefault();
      const action = readAction(data);
      const ids = form.id === "many" ? page.picked : [action.id];
      if (ids.length > 0) void answers.give(ids, action).then(attach);
    };
    const search = (form: HTMLFormElement, isTyping: boolean) => {
      const asked = [...new FormData(form)].filter(([, value]) => value !== "") as [string, string][];
      void page.go(`./?${new URLSearchParams(asked)}`, isTyping);
    };
    let typing: ReturnType<typeof setTimeout> | undefined;
    const onInput = (event: Event) => {
      const form = (event.target as Element).closest<HTMLFormElement>("#inbox-search");
      if (form === null) return;
      clearTimeout(typing);
      typing = setTimeout(() => search(form, true), typedMs);
    };
    const onKey = (event: KeyboardEvent) => {
      if (!isOwnKey(event) || !press(event.key)) return;
      event.preventDefault();
      event.stopPropagation();
    };
    const press = (key: string): boolean => {
      if (key === "/") {
        root.querySelector<HTMLElement>("#inbox-search [type=search]")?.focus();
        return true;
      }
      if (key === "*") {
        page.pickAll();
        return true;
      }
      if (key === "u") {
        const undo = document.querySelector<HTMLElement>(".toast-undo");
        undo?.click();
        return undo !== null;
      }
      const here = document.activeElement?.closest<HTMLElement>(".item") ??
        root.querySelector<HTMLElement>(".item-open");
      if (key === "x") {
        here?.querySelector<HTMLElement>(".line > input")?.click();
        return here !== null;
      }
      const action = answerOf(key, minutes());
      const picked = page.picked;
      const ids = picked.length > 0 ? picked : here === null ? [] : [idOf(here)];
      if (action === null || ids.length === 0) return false;
      // The next press is for the next one, however long the answer takes.
      if (here !== null && picked.length === 0 && leaves(action.state)) page.focus(page.after(here));
      void answers.give(ids, action).then(attach);
      return true;
    };

    const client = pageConnection();
    let readies = 0;
    const offs = [
      client.on("deliver", ({ command }) => {
        if (page.row(command.id) !== null) return;
        const toMany = !("sealed" in command) &&
          (command.audience.kind === "all" || command.audience.kind === "category");
        soon.ask(toMany ? Math.random() * spreadMs : 0);
      }),
      client.on("changed", ({ recipient, totals }) => {
        if (recipient === undefined && totals === undefined) soon.ask(0);
      }),
      client.on("unsent", ({ error }) => answers.refuse([""], error)),
      client.on("stopped", ({ stopped, pending }) => {
        root.toggleAttribute("data-stopped", stopped || pending);
        soon.ask(0);
      }),
      // The page itself is as new as the first connection; what changed while there was none it has not heard.
      client.on("ready", () => readies++ > 0 && soon.ask(0)),
    ];
    // Another island was here first: what came since then it alone heard.
    if (client.state.kind === "online") soon.ask(0);
    const onBack = () => void redraw();
    const ticking = setInterval(() => page.tick(), tickMs);
    root.addEventListener("click", onClick);
    root.addEventListener("submit", onSubmit);
    root.addEventListener("input", onInput);
    addEventListener("popstate", onBack);
    if (single) addEventListener("keydown", onKey, { capture: true });
    attach();
    return () => {
      for (const off of offs) off();
      soon[Symbol.dispose]();
      clearInterval(ticking);
      clearTimeout(typing);
      root.removeEventListener("click", onClick);
      root.removeEventListener("submit", onSubmit);
      root.removeEventListener("input", onInput);
      removeEventListener("popstate", onBack);
      removeEventListener("keydown", onKey, { capture: true });
    };
  }, []);
  return null;
}

/** Makes a choice of files live that the server drew. Its script is loaded when there is one. */
async function enliven(places: Set<HTMLElement>, place: HTMLElement): Promise<void> {
  places.add(place);
  const { default: Attach } = await import("./Attach.tsx");
  hydrate(<Attach {...JSON.parse(place.dataset.attach!)} />, place);
}
