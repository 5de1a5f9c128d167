import { measureAllBroadcast } from "./all_broadcast.ts";
import type { Bench, PartRows as Part } from "./part.ts";
import { type Row, times } from "./table.ts";
import { measureWriteCost } from "./write_cost.ts";

const accounts = [100, 10_000, 1_000_000] as const;
const quickAccounts = [100, 10_000] as const;
const sockets = 10_000;

/** A broadcast to everybody who is connected, by what each of them takes. */
export async function allBroadcastRows(bench: Bench): Promise<Part> {
  const count = Math.min(bench.quick ? 3_000 : sockets, bench.sockets);
  const { reached, ours, raw, sendMs } = await measureAllBroadcast(bench.dir, count);
  const what = `a durable broadcast to ${count.toLocaleString("en")} sockets of mixed preferences`;
  return {
    rows: [{
      what: `${what}, first byte to last`,
      ours: ms(ours.ms),
      baseline: `${ms(raw.ms)} raw Deno.serve to as many as it reaches`,
      ratio: times(ours.ms / raw.ms),
      target: "≤ 1.30 ×",
      met: ours.ms / raw.ms <= 1.3,
    }, {
      what: `${what}, CPU of the server`,
      ours: ms(ours.cpuMs),
      baseline: `${ms(raw.cpuMs)} raw Deno.serve`,
      ratio: times(ours.cpuMs / raw.cpuMs),
      target: "",
      met: null,
    }],
    notes: [
      `The broadcast reaches ${reached.toLocaleString("en")} of ${
        count.toLocaleString("en")
      }; it was answered, ` +
      `durable, after ${ms(sendMs)}, the count of those whom it reaches included.`,
    ],
  };
}

/** What a broadcast costs by the number of accounts. */
export async function writeCostRows({ dir, quick }: Bench): Promise<Part> {
  const costs = [];
  for (const count of quick ? quickAccounts : accounts) costs.push(await measureWriteCost(dir, count));
  const [least] = costs;
  const rows = costs.map(({ accounts, sendMs, keysWritten }): Row => {
    const ratio = sendMs / least!.sendMs;
    return {
      what: `a durable broadcast at ${accounts.toLocaleString("en")} accounts, one after the other`,
      ours: `${sendMs.toFixed(2)} ms, ${keysWritten} keys`,
      baseline: `${least!.sendMs.toFixed(2)} ms at ${least!.accounts}`,
      ratio: times(ratio),
      target: accounts === least!.accounts ? "" : "≤ 1.50 ×",
      met: accounts === least!.accounts ? null : ratio <= 1.5,
    };
  });
  const firsts = costs.map(({ accounts, firstMs }) => `${ms(firstMs)} at ${accounts.toLocaleString("en")}`);
  return {
    rows,
    notes: [`The first broadcast after a start also reads who is there: ${firsts.join(", ")}.`],
  };
}

function ms(value: number): string {
  return `${value.toFixed(1)} ms`;
}
