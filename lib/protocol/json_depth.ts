/** Depth of a JSON value: a scalar is 0. Iterative, so that 10,000 brackets cannot exhaust the stack. */
export function jsonDepth(value: unknown, stopAt: number): number {
  let level: unknown[] = [value];
  let depth = -1;
  while (level.length > 0 && depth <= stopAt) {
    depth++;
    const next: unknown[] = [];
    for (const item of level) {
      if (item === null || typeof item !== "object") continue;
      // One by one: spreading a long array into a call exhausts the stack too.
      for (const child of Object.values(item)) next.push(child);
    }
    level = next;
  }
  return depth;
}
