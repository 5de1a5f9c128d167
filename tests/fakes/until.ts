/** How often a condition is looked at. */
const everyMs = 5;

/**
 * Waits until `condition` holds and gives what it returned (anything but `false`, `null` and `undefined` counts as held).
 * The only place of the tests that lets real time pass: for sockets, processes and pages, which no fake clock can move.
 * Throws after `timeoutMs`, naming `what`.
 */
export async function until<T>(
  condition: () => T | Promise<T>,
  timeoutMs = 10_000,
  what = "the condition",
): Promise<Exclude<T, false | null | undefined>> {
  const endsAt = performance.now() + timeoutMs;
  while (true) {
    const held = await condition();
    if (held !== false && held !== null && held !== undefined) {
      return held as Exclude<T, false | null | undefined>;
    }
    if (performance.now() > endsAt) throw new Error(`Waited ${timeoutMs} ms for ${what}.`);
    await new Promise((resolve) => setTimeout(resolve, everyMs));
  }
}
