/**
 * Marks in the browser's storage that Stop was pressed and is not answered. The client library stores it too, but a moment later,
 * and a reload can come before that (CO-6). Without storage the request itself still stops.
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
    // Then nothing was written either.
  }
}

/** Whether a Stop of this person is marked. On a page without a person (empty username): of anyone. */
export function isStopMarked(username: string): boolean {
  try {
    const marked = localStorage.getItem(key);
    return marked !== null && (username === "" || marked === "" || marked === username);
  } catch {
    return false;
  }
}
