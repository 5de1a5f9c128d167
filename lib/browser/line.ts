import {
  BehestClient,
  IndexedStore,
  Keeper,
  type KeptPerson,
  type LineState,
  TabLine,
  ticketFrom,
} from "../client/mod.ts";

interface Page {
  line: TabLine;
  /** What this browser keeps; null where it keeps nothing. */
  store: Promise<IndexedStore | null>;
  begin(store: IndexedStore | null, person: KeptPerson | null): void;
}

/** Islands of one page share one line. Only ever set in the browser, so nothing is shared between people. */
let shared: Page | undefined;

/** The page's line, which all tabs of this browser share (UI-2). It stands once it was begun. Only call it in the browser. */
export function pageLine(): TabLine {
  return page().line;
}

/** What this browser keeps, once the line was begun; null where it gives no storage. Only call it in the browser. */
export function pageStore(): Promise<IndexedStore | null> {
  return page().store;
}

/**
 * Begins the line of a person, or with null of whoever was last here: a page that came without the server does not know. Gives
 * who that is, null for nobody.
 */
export async function beginLine(known: KeptPerson | null): Promise<KeptPerson | null> {
  const { line, begin } = page();
  // Storage is switched off, or full: everything works for as long as the page is open.
  const store = await inTime(IndexedStore.open(known)).catch(() => null);
  const person = known ?? await store?.person().catch(() => undefined) ?? null;
  begin(store, person);
  if (person === null) return null;
  watchPerson(person, known !== null, line, store);
  line.begin(`behest-line-${person.userId}`);
  const wake = () => {
    if (document.visibilityState !== "visible") return;
    // Somebody took the line who does not share it: another browser with a copy of this one's storage.
    if (wasReplaced(line.line)) line.connect();
    else line.wake();
  };
  addEventListener("online", () => line.wake());
  addEventListener("focus", wake);
  document.addEventListener("visibilitychange", wake);
  addEventListener("pagehide", () => line.close());
  // A page that comes back from the browser's memory has lost its line, and may be somebody else's by now.
  addEventListener("pageshow", (event) => {
    if (event.persisted) location.reload();
  });
  return person;
}

/** Another client took the line under this one's name (WS-5). */
export function wasReplaced(line: LineState): boolean {
  return line.kind === "stopped" && line.reason.includes("replaced");
}

function page(): Page {
  if (shared !== undefined) return shared;
  const opened = Promise.withResolvers<IndexedStore | null>();
  const { locks } = navigator;
  let whose: KeptPerson | null = null;
  let hiddenAt = document.visibilityState === "visible" ? 0 : Date.now();
  document.addEventListener("visibilitychange", () => {
    hiddenAt = document.visibilityState === "visible" ? 0 : Date.now();
  });
  const line = new TabLine({
    tab: randomName(),
    locks,
    channel: (name) => new BroadcastChannel(name),
    hiddenMs: () => hiddenAt === 0 ? 0 : Math.max(1, Date.now() - hiddenAt),
    async client() {
      const store = await opened.promise;
      // Without locks each tab is a device of its own, and two must not work on one outbox.
      const kept = store === null || locks === undefined ? {} : { store: store.seen, outbox: store.outbox };
      const client = new BehestClient({
        url: "/api/ws",
        device: locks === undefined ? nameIn(() => sessionStorage) : nameIn(() => localStorage),
        ticket: ticketFrom(location.origin),
        ...kept,
        ...(whose === null ? {} : { userId: whose.userId }),
      });
      const keeper = store === null ? null : new Keeper(client, store);
      return {
        client,
        async end() {
          keeper?.[Symbol.dispose]();
          await client.close();
        },
      };
    },
  });
  shared = {
    line,
    store: opened.promise,
    begin(store, person) {
      whose = person;
      opened.resolve(store);
    },
  };
  return shared;
}

/** How long a browser may take to open its storage. */
const openMs = 3000;

/** A storage that never answers counts as none. */
function inTime<T>(work: Promise<T>): Promise<T> {
  return Promise.race([
    work,
    new Promise<never>((_, reject) => setTimeout(() => reject(new Error("no storage in time")), openMs)),
  ]);
}

/** What tabs of any person tell each other: who is here, or that everybody left. */
type PersonMessage = { userId: string } | { over: true };

/** UI-3: nothing of a person stays after their logout, and nobody sees what belongs to the one before. */
function watchPerson(person: KeptPerson, sure: boolean, line: TabLine, store: IndexedStore | null): void {
  const channel = new BroadcastChannel("behest-person");
  const tell = (message: PersonMessage) => channel.postMessage(message);
  const leave = () => {
    line.close({ kind: "login", reason: "logged out" });
    store?.close();
  };
  if (sure) tell({ userId: person.userId });
  channel.addEventListener("message", ({ data }: MessageEvent<PersonMessage>) => {
    if ("over" in data) leave();
    else if (data.userId !== person.userId) location.reload();
  });
  document.addEventListener("submit", (event) => {
    const form = event.target;
    // Not `form.action`: a button of that name stands in its place.
    if (!(form instanceof HTMLFormElement) || form.getAttribute("action") !== "/logout") return;
    event.preventDefault();
    tell({ over: true });
    line.close({ kind: "login", reason: "logged out" });
    const gone = Promise.all([store?.wipe(), unregister()]);
    // The server has the browser forget everything too: a storage that hangs must not keep anybody logged in.
    void inTime(gone).catch(() => undefined).then(() => form.submit());
  });
  line.on("ready", ({ sessionExpiresAt }) => {
    if (line.leads) void store?.lasts(Date.parse(sessionExpiresAt)).catch(() => undefined);
  });
  line.on("line", async ({ kind }) => {
    if (kind !== "login" || !line.leads || store === null) return;
    // A session that ended before its time was ended by somebody: what lies here is not for whoever has this browser now.
    const until = (await store.person())?.untilMs ?? 0;
    if (Date.now() < until) await store.wipe();
  });
}

/** Ends the service worker, and with it the notifications. */
async function unregister(): Promise<void> {
  const registrations = await navigator.serviceWorker?.getRegistrations() ?? [];
  await Promise.all([
    navigator.clearAppBadge?.(),
    ...registrations.map((registration) => registration.unregister()),
  ]);
}

const deviceKey = "behest-device";

/** This browser's or tab's name as a device (WS-1), kept so that it resumes where it was. */
function nameIn(storage: () => Storage): string {
  try {
    const kept = storage().getItem(deviceKey);
    if (kept !== null && /^[A-Za-z0-9._-]{1,64}$/.test(kept)) return kept;
    const made = `web-${randomName()}`;
    storage().setItem(deviceKey, made);
    return made;
  } catch {
    // Storage is switched off: a new device for every page still works, it only resumes nothing.
    return `web-${randomName()}`;
  }
}

function randomName(): string {
  return crypto.getRandomValues(new Uint32Array(2)).join("-");
}
