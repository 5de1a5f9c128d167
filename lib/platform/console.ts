// deno-lint-ignore-file no-console -- the one place that prints: for the person at the terminal

/** What a person at the terminal asked for or needs to see, and no log may hold. */
export function say(text: string): void {
  console.log(text);
}

/** What went wrong, and the readable side of the log. */
export function complain(text: string): void {
  console.error(text);
}
