import { measureAcknowledged } from "./acknowledged.ts";
import { measureAllBroadcast } from "./all_broadcast.ts";
import { measureBacklog } from "./backlog.ts";
import { perSecond, type Row, times } from "./table.ts";
import { measureWriteCost } from "./write_cost.ts";

interface Part {
  rows: Row[];
  notes: string[];
}

const accounts = [100, 10_000, 1_000_000] as const;
const backlogPeople = 10_000;
/** Direct commands take a record for each person, so there are fewer people to come back to those. */
const directPeople = 1_000;
const waiting = 100;

/** A broadcast to everybody who is connected, by what each of them takes. */
export async function allBroadcastRows(dir: string, count: number): Promise<Part> {
  const { sockets, reached, ours, raw, sendMs } = await measureAllBroadcast(dir, count);
  const what = `a durable broadcast to ${sockets.toLocaleString("en")} sockets of mixed preferences`;
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
        sockets.toLocaleString("en")
      }; it was answered, ` +
      `durable, after ${ms(sendMs)}, the count of those whom it reaches included.`,
    ],
  };
}

/** The same to clients that acknowledge, beside a broker with the same promise. */
export async function acknowledgedRows(dir: string, count: number): Promise<Part> {
  const { ours, mosquitto } = await measureAcknowledged(dir, count);
  const what = `a broadcast to ${count.toLocaleString("en")} acknowledging clients`;
  const rowOf = (name: "lastMs" | "allMs", end: string, target: boolean): Row => {
    const ratio = mosquitto === null ? NaN : ours[name] / mosquitto[name];
    return {
      what: `${what}, until ${end}`,
      ours: ms(ours[name]),
      baseline: mosquitto === null ? "mosquitto is not installed" : `${ms(mosquitto[name])} mosquitto, QoS 1`,
      ratio: mosquitto === null ? "" : times(ratio),
      target: target && mosquitto !== null ? "≤ 1.00 ×" : "",
      met: target && mosquitto !== null ? ratio <= 1 : null,
    };
  };
  return {
    rows: [
      rowOf("lastMs", "the last client has it", true),
      rowOf("allMs", "every acknowledgement is taken", false),
    ],
    notes: [
      "Our command and every acknowledgement are synced to disk before they are answered; mosquitto has persistent sessions " +
      "and its own persistence, which is written now and then.",
    ],
  };
}

/** People who come back to what waits for them. */
export async function backlogRows(dir: string): Promise<Part> {
  const broadcasts = await measureBacklog(dir, backlogPeople, { broadcasts: waiting, direct: 0 });
  const mixed = await measureBacklog(dir, backlogPeople, { broadcasts: waiting - 10, direct: 10 });
  const direct = await measureBacklog(dir, directPeople, { broadcasts: 0, direct: waiting });
  const rowOf = (people: number, of: string, rate: number, target: boolean): Row => ({
    what: `deliveries to ${
      people.toLocaleString("en")
    } people who reconnect to ${waiting} commands each, ${of}`,
    ours: perSecond(rate),
    baseline: "",
    ratio: "",
    target: target ? "≥ 250,000/s" : "",
    met: target ? rate >= 250_000 : null,
  });
  return {
    rows: [
      rowOf(backlogPeople, "all of them broadcasts", broadcasts, true),
      rowOf(backlogPeople, "90 broadcasts and 10 direct", mixed, false),
      rowOf(directPeople, "all of them direct", direct, false),
    ],
    notes: [
      "Reconnecting: stores on a file, inbox, hub and connections of ours over lines in memory that take every frame at once, " +
      "as ten thousand clients cost more than the server; new devices with a window of 256.",
    ],
  };
}

/** What a broadcast costs by the number of accounts. */
export async function writeCostRows(dir: string): Promise<Part> {
  const costs = [];
  for (const count of accounts) costs.push(await measureWriteCost(dir, count));
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
