// deno-lint-ignore-file no-console -- the one place that prints: for the person at the terminal

/** What a person at the terminal asked for or needs to see, and no log may hold. */
export function say(text: string): void {
  unlessBroken(() => console.log(text));
}

/** What went wrong. */
export function complain(text: string): void {
  unlessBroken(() => console.error(text));
}

/** A terminal that is gone, or a file on a full disk, ends nothing (OP-9). */
function unlessBroken(print: () => void): void {
  try {
    print();
  } catch {
    // There is nowhere to tell of it.
  }
}
