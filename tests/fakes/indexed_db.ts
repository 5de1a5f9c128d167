import { IDBFactory } from "fake-indexeddb";

/** A browser's storage that ends with the test. Tests of one process run one after another. */
export function fakeIndexedDB(): Disposable {
  const before = Reflect.get(globalThis, "indexedDB");
  Reflect.set(globalThis, "indexedDB", new IDBFactory());
  return { [Symbol.dispose]: () => void Reflect.set(globalThis, "indexedDB", before) };
}
