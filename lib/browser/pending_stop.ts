/**
 * That Stop was pressed and is not answered, written at once: what the client library keeps of it comes a moment later, and a
 * reload may come before that (CO-6). A browser without storage has the rest.
 */
const key = "behest-stop";

export function markStop(username: string): void {
  try {
    localStorage.setItem(key, username);
  } catch {
    // Storage is blocked or full.
  }
}

export function unmarkStop(): void {
  try {
    localStorage.removeItem(key);
  } catch {
    // Nothing was written either.
  }
}

/** Whether this person's is not answered; on a page that knows nobody, whoever's it is. */
export function isStopMarked(username: string): boolean {
  try {
    const marked = localStorage.getItem(key);
    return marked !== null && (username === "" || marked === "" || marked === username);
  } catch {
    return false;
  }
}
