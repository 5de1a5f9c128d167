import { base, placed } from "./base_path.ts";
import type { SharedConnection } from "../client/mod.ts";

/** The cookie by which the server says that this browser stays logged in; `lib/web/authentication.ts` is its other side. */
const stayCookie = "behest_stay=1";
const renewPath = placed("/api/v1/auth/renew");
/** The lock and the storage by which the tabs of this browser know of each other's renewals. */
const lockName = `behest-renewal${base}`;
const renewedName = `behest-renewed${base}`;
/** A renewal of another tab counts for this long, in ms. */
const recentMs = 60_000;
const answerMs = 15_000;
/** A session is renewed this long before its end, less a random part: nobody can tell when. In ms. */
const beforeEndMs = 12 * 3600_000;
const spreadMs = 3600_000;
/** How often the time is looked at: timers stand still while a computer sleeps. In ms. */
const lookMs = 5 * 60_000;

/**
 * AU-13: renews this browser's session, once for all tabs. False when it is over, or its person did not want to stay. Rejects
 * when the server cannot be reached. Only for the browser.
 */
export async function renewSession(): Promise<boolean> {
  if (!document.cookie.split("; ").includes(stayCookie)) return false;
  const { locks } = navigator;
  return locks === undefined ? await renewOnce() : await locks.request(lockName, renewOnce);
}

async function renewOnce(): Promise<boolean> {
  if (Math.abs(Date.now() - renewedAt()) < recentMs) return true;
  const { ok, status, body } = await fetch(renewPath, {
    method: "POST",
    cache: "no-store",
    signal: AbortSignal.timeout(answerMs),
  });
  void body?.cancel();
  if (status === 401) return false;
  if (!ok) throw new Error(`The session was not renewed: HTTP ${status}.`);
  try {
    localStorage.setItem(renewedName, String(Date.now()));
  } catch {
    // Then the other tabs renew too; the server expects that.
  }
  return true;
}

function renewedAt(): number {
  try {
    return Number(localStorage.getItem(renewedName) ?? 0);
  } catch {
    return 0;
  }
}

/** AU-13: tells the page of sessions which connection is this browser's: it goes on when the session is replaced. */
export function nameConnection(connection: SharedConnection): void {
  connection.on("ready", ({ connection: id }) => {
    document.cookie = `behest_connection=${id}; Path=${placed("/sessions")}; SameSite=Lax`;
  });
}

/** AU-13: renews the session of this connection in good time; the socket hears its new end. Only for the browser. */
export function keepLoggedIn(connection: SharedConnection): void {
  let dueAt = Infinity;
  let working = false;
  const plan = (endsAt: string) => {
    dueAt = Date.parse(endsAt) - beforeEndMs + Math.random() * spreadMs;
  };
  const look = async () => {
    // One tab renews for all.
    if (working || !connection.leads || !(Date.now() >= dueAt)) return;
    working = true;
    // Without an answer the next look tries again; a session that is over ends with its socket.
    await renewSession().catch(() => false);
    working = false;
  };
  connection.on("ready", ({ sessionExpiresAt }) => {
    plan(sessionExpiresAt);
    void look();
  });
  connection.on("notification", (heard) => {
    if (heard.method === "session.renewed") plan(heard.params.sessionExpiresAt);
  });
  setInterval(() => void look(), lookMs);
  document.addEventListener("visibilitychange", () => void look());
}
