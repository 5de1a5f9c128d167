/** The little of IndexedDB that `IndexedStore` needs, as promises; a package for it would weigh as much as all of that. */

/** What a request gives. */
export function answered<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

/** Opens a database of a version; `upgrade` makes its tables. */
export async function openDatabase(
  name: string,
  version: number,
  upgrade: (db: IDBDatabase) => void,
): Promise<IDBDatabase> {
  const request = indexedDB.open(name, version);
  request.onupgradeneeded = () => upgrade(request.result);
  const db = await answered(request);
  // A newer page needs another layout: it must not wait for this one.
  db.onversionchange = () => db.close();
  return db;
}

/** Runs `work` in one transaction that writes, and resolves when it is written. Nothing but the tables may be awaited in it. */
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
  // A failed request ends the transaction too, and its reason is the one to give.
  await Promise.all([work((name) => transaction.objectStore(name)), done]);
}
