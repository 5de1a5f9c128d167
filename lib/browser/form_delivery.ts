import { base, placed } from "./base_path.ts";
import { renewSession } from "./renewals.ts";

/** `away`: the server cannot be reached; `over`: the session has ended. */
export type Standing = "here" | "away" | "over";

/** How long a server may take to say that it is there. */
const answerMs = 8000;

/** Asks whether a form could be sent now. */
export async function serverStanding(): Promise<Standing> {
  try {
    const { status, body } = await fetch(placed("/api/v1/profile"), {
      cache: "no-store",
      signal: AbortSignal.timeout(answerMs),
    });
    void body?.cancel();
    if (status === 401) return await renewSession() ? "here" : "over";
    // What a proxy says in the place of a server that is not there.
    return status >= 502 && status <= 504 ? "away" : "here";
  } catch {
    return "away";
  }
}

/** The cookie by which the server says that it took a form; `lib/web/taken_forms.ts` is its other side. */
const cookieName = "behest_form";
const markName = "behest-form";
const cookieSeconds = 3600;

/** Remembers in this tab which draft is about to be sent. */
export function markSent(slot: string): void {
  const id = crypto.randomUUID();
  try {
    sessionStorage.setItem(markName, JSON.stringify({ id, slot }));
  } catch {
    // Then the draft stays, and its person removes it.
    return;
  }
  document.cookie = `${cookieName}=${id}; Path=${base || "/"}; SameSite=Strict; Max-Age=${cookieSeconds}`;
}

/** The draft that the server took since; null if there is none. */
export function takenDraft(): string | null {
  try {
    const { id, slot } = JSON.parse(sessionStorage.getItem(markName) ?? "") as { id: string; slot: string };
    const taken = document.cookie.split("; ").includes(`${cookieName}=taken.${id}`);
    if (!taken) return null;
    sessionStorage.removeItem(markName);
    document.cookie = `${cookieName}=; Path=${base || "/"}; SameSite=Strict; Max-Age=0`;
    return slot;
  } catch {
    return null;
  }
}

const answeredEvent = "behest-answered";

/** Islands say that the server took a form which they sent over the connection. `id`: the form's field of that name. */
export function formAnswered(id: string): void {
  dispatchEvent(new CustomEvent<string>(answeredEvent, { detail: id }));
}

/** Returns how to stop listening. */
export function onFormAnswered(heard: (id: string) => void): () => void {
  const listen = (event: Event) => {
    if (event instanceof CustomEvent && typeof event.detail === "string") heard(event.detail);
  };
  addEventListener(answeredEvent, listen);
  return () => removeEventListener(answeredEvent, listen);
}
