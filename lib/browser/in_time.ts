/** How long a browser can take to answer for its storage. */
const storageMs = 3000;

/** Rejects if `work` on the browser's storage takes too long: a storage that never answers counts as none. */
export function inTime<T>(work: Promise<T>): Promise<T> {
  return Promise.race([
    work,
    new Promise<never>((_, reject) => setTimeout(() => reject(new Error("no storage in time")), storageMs)),
  ]);
}
