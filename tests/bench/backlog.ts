import type { BacklogRound } from "./backlog_server.ts";
import { Child } from "./child.ts";
import { median } from "./numbers.ts";

const rounds = 3;

/** Deliveries a second to people who come back at once, each with so many broadcasts and direct commands waiting. */
export async function measureBacklog(
  dir: string,
  people: number,
  waiting: { broadcasts: number; direct: number },
  watch: { begun?(server: Child): Promise<void>; ended?(server: Child, count: number): Promise<void> } = {},
): Promise<number> {
  const dataDir = await Deno.makeTempDir({ dir, prefix: "backlog-" });
  const args = [dataDir, String(people), String(waiting.broadcasts), String(waiting.direct)];
  const { child } = await Child.start("backlog_server.ts", args);
  await using server = child;
  const rates: number[] = [];
  // The first one fills what a running server has in memory.
  await server.ask<BacklogRound>("reconnect");
  await watch.begun?.(server);
  let total = 0;
  for (let round = 0; round < rounds; round++) {
    const { deliveries, ms } = await server.ask<BacklogRound>("reconnect");
    rates.push(deliveries / ms * 1000);
    total += deliveries;
  }
  await watch.ended?.(server, total);
  return median(rates);
}
