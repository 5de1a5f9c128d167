/** The part of IndexedDB that `IndexedStore` uses, as promises. A package for it would be as large as this and the store. */

/** Resolves to the result of a request. */
export function answered<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

/** Opens a database in this version; `upgrade` creates its tables. */
export async function openDatabase(
  name: string,
  version: number,
  upgrade: (db: IDBDatabase) => void,
): Promise<IDBDatabase> {
  const request = indexedDB.open(name, version);
  request.onupgradeneeded = () => upgrade(request.result);
  const db = await answered(request);
  // A page of a newer build needs another version, and must not wait for this page.
  db.onversionchange = () => db.close();
  return db;
}

/** Runs `work` in one write transaction and resolves when it is written. `work` can await only requests of its tables. */
export async function written<N extends string>(
  db: IDBDatabase,
  names: readonly N[],
  work: (table: (name: N) => IDBObjectStore) => void | Promise<void>,
): Promise<void> {
  const transaction = db.transaction(names, "readwrite");
  const done = new Promise<void>((resolve, reject) => {
    transaction.oncomplete = () => resolve();
    transaction.onabort = () => reject(transaction.error ?? new Error("The browser's storage took nothing."));
  });
  // A failed request also aborts the transaction; the error of the request is the useful one.
  await Promise.all([work((name) => transaction.objectStore(name)), done]);
}
