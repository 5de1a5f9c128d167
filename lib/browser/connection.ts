import {
  BehestClient,
  FallbackSockets,
  IndexedStore,
  isReplaced,
  Keeper,
  type KeptPerson,
  SharedConnection,
  ticketFrom,
} from "../client/mod.ts";
import { base, placed } from "./base_path.ts";
import { deviceName, randomName } from "./device_name.ts";
import { eventSocket } from "./event_socket.ts";
import { inTime } from "./in_time.ts";
import { watchPerson } from "./person.ts";
import { keepLoggedIn, nameConnection, renewSession } from "./renewals.ts";

export type { ConnectionNotice } from "../client/mod.ts";

interface Page {
  connection: SharedConnection;
  /** What this browser keeps; null where it keeps nothing. */
  store: Promise<IndexedStore | null>;
  start(store: IndexedStore | null, person: KeptPerson | null): void;
}

/** Has a mark in a tab whose last page went over to a stream (WS-12), so that the next one does not wait for a blocked WebSocket. */
const streamKey = "behest-stream";

/** The islands of one page share one connection. Set only in the browser, so that people never share it. */
let shared: Page | undefined;

/** The page's connection, shared by all tabs of this browser (UI-2). Idle until `startConnection`. Only for the browser. */
export function pageConnection(): SharedConnection {
  return page().connection;
}

/** What this browser keeps, available after `startConnection`; null where it has no storage. Only for the browser. */
export function pageStore(): Promise<IndexedStore | null> {
  return page().store;
}

/**
 * Starts the connection of this person. With null, of the last person of this browser: a page from the service worker does not
 * know them. Resolves to that person, or to null if there is none.
 */
export async function startConnection(known: KeptPerson | null): Promise<KeptPerson | null> {
  const { connection, start } = page();
  // Storage may be switched off or full. Then everything works for as long as the page is open.
  const store = await inTime(IndexedStore.open(known, undefined, base)).catch(() => null);
  const person = known ?? await store?.person().catch(() => undefined) ?? null;
  start(store, person);
  if (person === null) return null;
  watchPerson(person, known !== null, connection, store);
  keepLoggedIn(connection);
  nameConnection(connection);
  // The name is the lock that tabs of earlier builds wait for too: with another one they would replace each other's connection.
  connection.start(`behest-line-${person.userId}`);
  const wake = () => {
    if (document.visibilityState !== "visible") return;
    // A browser with a copy of this one's storage has the same device name, and so replaces the connection.
    if (isReplaced(connection.state)) connection.connect();
    else connection.wake();
  };
  addEventListener("online", () => connection.wake());
  addEventListener("focus", wake);
  document.addEventListener("visibilitychange", wake);
  addEventListener("pagehide", () => connection.close());
  // A page from the back/forward cache has lost its connection, and another person may have logged in since.
  addEventListener("pageshow", (event) => {
    if (event.persisted) location.reload();
  });
  return person;
}

function sockets(): FallbackSockets {
  return new FallbackSockets({
    stream: eventSocket,
    first: sessionStorage.getItem(streamKey) === null ? "websocket" : "stream",
    changed: (transport) =>
      transport === "stream" ? sessionStorage.setItem(streamKey, "") : sessionStorage.removeItem(streamKey),
  });
}

function page(): Page {
  if (shared !== undefined) return shared;
  const opened = Promise.withResolvers<IndexedStore | null>();
  const { locks } = navigator;
  let person: KeptPerson | null = null;
  let hiddenAt = document.visibilityState === "visible" ? 0 : Date.now();
  document.addEventListener("visibilitychange", () => {
    hiddenAt = document.visibilityState === "visible" ? 0 : Date.now();
  });
  const connection = new SharedConnection({
    tab: randomName(),
    locks,
    channel: (name) => new BroadcastChannel(name),
    hiddenMs: () => hiddenAt === 0 ? 0 : Math.max(1, Date.now() - hiddenAt),
    async client() {
      const store = await opened.promise;
      // Without locks each tab is a device of its own, and two devices must not share an outbox.
      const kept = store === null || locks === undefined ? {} : { store: store.seen, outbox: store.outbox };
      const client = new BehestClient({
        url: placed("/api/ws"),
        device: deviceName(() => locks === undefined ? sessionStorage : localStorage),
        ticket: ticketFrom(location.origin + base),
        socket: sockets().factory,
        renew: renewSession,
        ...kept,
        ...(person === null ? {} : { userId: person.userId }),
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
    connection,
    store: opened.promise,
    start(store, known) {
      person = known;
      opened.resolve(store);
    },
  };
  return shared;
}
