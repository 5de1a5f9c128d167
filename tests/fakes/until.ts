/** How often a condition is looked at. */
const everyMs = 5;
/** Only what never happens takes so long, also on a machine that has ten times as much to do. */
const limitMs = 120_000;

/**
 * Waits until `condition` holds and gives what it returned (anything but `false`, `null` and `undefined` counts as held).
 * The only place of the tests that lets real time pass: for sockets, processes and pages, which no fake clock can move.
 * Throws after two minutes, naming `what`.
 */
export async function until<T>(
  condition: () => T | Promise<T>,
  what = "the condition",
): Promise<Exclude<T, false | null | undefined>> {
  const endsAt = performance.now() + limitMs;
  while (true) {
    const held = await condition();
    if (held !== false && held !== null && held !== undefined) {
      return held as Exclude<T, false | null | undefined>;
    }
    if (performance.now() > endsAt) throw new Error(`Waited ${limitMs} ms for ${what}.`);
    await new Promise((resolve) => setTimeout(resolve, everyMs));
  }
}
