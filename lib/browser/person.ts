import type { IndexedStore, KeptPerson, SharedConnection } from "../client/mod.ts";
import { base, placed } from "./base_path.ts";
import { inTime } from "./in_time.ts";

/** What the tabs of this browser tell each other: who is logged in, or that the person logged out. */
type PersonMessage = { userId: string } | { over: true };

/**
 * UI-3: nothing of a person stays after their logout, and nobody sees what belongs to the person before. `sure`: the server
 * said who the person is.
 */
export function watchPerson(
  person: KeptPerson,
  sure: boolean,
  connection: SharedConnection,
  store: IndexedStore | null,
): void {
  const channel = new BroadcastChannel(`behest-person${base}`);
  const tell = (message: PersonMessage) => channel.postMessage(message);
  const leave = () => {
    connection.close({ kind: "login", reason: "logged out" });
    store?.close();
  };
  if (sure) tell({ userId: person.userId });
  channel.addEventListener("message", ({ data }: MessageEvent<PersonMessage>) => {
    if ("over" in data) leave();
    else if (data.userId !== person.userId) location.reload();
  });
  document.addEventListener("submit", (event) => {
    const form = event.target;
    // Not `form.action`: a button with that name would hide it.
    if (!(form instanceof HTMLFormElement) || form.getAttribute("action") !== placed("/logout")) return;
    event.preventDefault();
    tell({ over: true });
    connection.close({ kind: "login", reason: "logged out" });
    const gone = Promise.all([store?.wipe(), unregister()]);
    // The server makes the browser forget everything too, so a storage that hangs does not delay the logout.
    void inTime(gone).catch(() => undefined).then(() => form.submit());
  });
  const lasts = (endsAt: string) => {
    if (connection.leads) void store?.lasts(Date.parse(endsAt)).catch(() => undefined);
  };
  connection.on("ready", ({ sessionExpiresAt }) => lasts(sessionExpiresAt));
  connection.on("notification", (heard) => {
    if (heard.method === "session.renewed") lasts(heard.params.sessionExpiresAt);
  });
  connection.on("connection", async ({ kind }) => {
    if (kind !== "login" || !connection.leads || store === null) return;
    // A session that ended early was ended by someone: the next user of this browser must not see what it kept.
    const until = (await store.person())?.untilMs ?? 0;
    if (Date.now() < until) await store.wipe();
  });
}

/** Ends the service worker, and with it the notifications. */
async function unregister(): Promise<void> {
  const registration = await navigator.serviceWorker?.getRegistration();
  await Promise.all([navigator.clearAppBadge?.(), registration?.unregister()]);
}
