import { BehestClient, type LineState, ticketFrom } from "../lib/client/mod.ts";

/** Islands of one page share one socket. Only ever set in the browser, so nothing is shared between people. */
let shared: BehestClient | undefined;

/** The page's own connection; opened by the first island that asks. Only call it in the browser. */
export function pageLine(): BehestClient {
  if (shared !== undefined) return shared;
  const client = new BehestClient({
    url: "/api/ws",
    device: browserDevice(),
    ticket: ticketFrom(location.origin),
  });
  shared = client;
  addEventListener("online", () => client.wake());
  addEventListener("pagehide", (event) => {
    if (!event.persisted) void client.close();
  });
  // A page that was left for another tab gave the line away; coming back takes it again.
  const back = () => {
    if (document.visibilityState !== "visible") return;
    if (wasReplaced(client.line)) client.connect();
    else client.wake();
  };
  document.addEventListener("visibilitychange", back);
  addEventListener("focus", back);
  client.connect();
  return client;
}

/** Another tab of this browser took the line: one socket serves one device (WS-5). */
export function wasReplaced(line: LineState): boolean {
  return line.kind === "stopped" && line.reason.includes("replaced");
}

const deviceKey = "behest-device";

/** This browser's name as a device (WS-1), kept so that it resumes where it was. */
function browserDevice(): string {
  const fresh = () => `web-${crypto.getRandomValues(new Uint32Array(2)).join("-")}`;
  try {
    const kept = localStorage.getItem(deviceKey);
    if (kept !== null && /^[A-Za-z0-9._-]{1,64}$/.test(kept)) return kept;
    const made = fresh();
    localStorage.setItem(deviceKey, made);
    return made;
  } catch {
    // Storage is switched off: a new device for every page still works, it only resumes nothing.
    return fresh();
  }
}
