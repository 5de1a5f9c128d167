/** Makes something when it is asked for first, and keeps it: a start needs no description, and everyone may ask for one. */
export function once<T>(make: () => T): () => T {
  let made: { value: T } | undefined;
  return () => (made ??= { value: make() }).value;
}
