import { placeAt, PostgresProcess } from "../fakes/postgres_process.ts";
import { median } from "./numbers.ts";
import { alone, type Bench, besides, micros, type PartRows } from "./part.ts";
import { measureSends, people, type SendPlan, type SendRate } from "./sends.ts";
import { perSecond } from "./table.ts";

const plans = {
  "1 sender one at a time": { senders: 1, inFlight: 1, online: false },
  [`${people} senders × 4 under way`]: { senders: people, inFlight: 4, online: false },
} satisfies Record<string, SendPlan>;

/** The same sends on PostgreSQL and on a file, in turns on one machine. Both sync each commit; the database shares the cores. */
export async function storeRows({ dir, rounds }: Bench): Promise<PartRows> {
  await using postgres = await PostgresProcess.start([]);
  const rows: PartRows["rows"] = [];
  const notes: string[] = [];
  for (const [what, plan] of Object.entries(plans)) {
    const measured: Record<"file" | "database", SendRate[]> = { file: [], database: [] };
    for (let round = 0; round < rounds; round++) {
      measured.file.push(await measureSends(dir, plan));
      const schema = `bench_${crypto.randomUUID().slice(0, 8)}`;
      measured.database.push(await measureSends(dir, { ...plan, postgres: placeAt(postgres.port, schema) }));
    }
    const rateOf = (rates: readonly SendRate[]) => median(rates.map((one) => one.perSecond));
    const cpuOf = (rates: readonly SendRate[]) => median(rates.map((one) => one.serverUs));
    // Alone, a send takes a way over the network and back for each read that nothing remembers.
    const target = plan.senders === 1 ? undefined : { least: 0.3 };
    rows.push(
      besides(
        `durable sends on PostgreSQL, ${what}`,
        rateOf(measured.database),
        { is: rateOf(measured.file), name: "a file" },
        perSecond,
        target,
      ),
      alone(`durable sends on PostgreSQL, ${what}, CPU of Behest for each`, cpuOf(measured.database), micros),
    );
    const told = (rates: readonly SendRate[]) => rates.map((one) => perSecond(one.perSecond)).join(", ");
    notes.push(
      `${what}: PostgreSQL ${told(measured.database)}; file ${told(measured.file)}, ` +
        `${micros(cpuOf(measured.file))} of CPU for each`,
    );
  }
  return { rows, notes };
}
