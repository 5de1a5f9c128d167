import { latencyRate, measureLatency } from "./latency.ts";
import { median } from "./numbers.ts";
import { alone, type Bench, besides, micros, ms, type PartRows, type Target, withoutPeer } from "./part.ts";
import { NoPeer } from "./peers.ts";
import { captureSends, measureRaw, type RawRate } from "./raw_kv.ts";
import { measureNatsSends, measureSends, people, type SendPlan, type SendRate } from "./sends.ts";
import { perSecond, type Row } from "./table.ts";

const plans = {
  lone: { senders: 1, inFlight: 1, online: false },
  one: { senders: 1, inFlight: 64, online: false },
  many: { senders: people, inFlight: 4, online: false },
  manyOnline: { senders: people, inFlight: 4, online: true },
} as const satisfies Record<string, SendPlan>;
type PlanName = keyof typeof plans;

/** What each plan must reach beside the raw loop. A lone send is one commit, the others share commits. */
const targets: Partial<Record<PlanName, Target>> = { lone: { least: 0.5 }, many: { least: 0.5 } };
/** The plans that JetStream does too. */
const beside: readonly PlanName[] = ["lone", "many"];

/** Raw loops and all plans in each round, so that all of them see the same machine. */
export async function sendRows({ dir, rounds }: Bench): Promise<PartRows> {
  const writes = await captureSends(dir);
  const raw: RawRate[] = [];
  const names = Object.keys(plans) as PlanName[];
  const rates = new Map<PlanName, SendRate[]>(names.map((name) => [name, []]));
  const theirs = new Map<PlanName, (SendRate | NoPeer)[]>(beside.map((name) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    raw.push(await measureRaw(dir, writes));
    for (const name of names) rates.get(name)!.push(await measureSends(dir, plans[name]));
    for (const name of beside) theirs.get(name)!.push(await measureNatsSends(dir, plans[name]));
  }
  const commits = {
    lone: { is: median(raw.map((one) => one.alone)), name: "raw KV, one by one" },
    grouped: { is: median(raw.map((one) => one.grouped)), name: "raw KV, grouped" },
  };
  const { mutations, checks } = writes[0]!;
  const notes = [
    `A raw commit is what a send writes: ${mutations.length} mutations and ${checks.length} ` +
    `check${
      checks.length === 1 ? "" : "s"
    }. Grouped: up to 500 mutations a commit, one commit after the other.`,
  ];
  const rows: Row[] = [];
  for (const name of names) {
    const measured = rates.get(name)!;
    const rate = median(measured.map((one) => one.perSecond));
    const what = whatOf(plans[name]);
    rows.push(
      besides(what, rate, name === "lone" ? commits.lone : commits.grouped, perSecond, targets[name]),
      alone(`${what}, server CPU of each`, median(measured.map((one) => one.serverUs)), micros),
    );
    notes.push(noteOf(what, measured));
    const found = theirs.get(name);
    if (found !== undefined) rows.push(...natsRows(what, measured, found));
  }
  notes.push(
    `Raw KV by round: grouped ${raw.map((one) => perSecond(one.grouped)).join(", ")}; ` +
      `one by one ${raw.map((one) => perSecond(one.alone)).join(", ")}`,
  );
  return { rows, notes };
}

function whatOf({ senders, inFlight, online }: SendPlan): string {
  const who = senders === 1 ? "1 sender" : `${senders} senders`;
  const how = inFlight === 1 ? "one at a time" : `× ${inFlight} under way`;
  return `durable sends, ${who} ${how}, recipients ${online ? "online, acknowledging" : "offline"}`;
}

function natsRows(what: string, ours: readonly SendRate[], theirs: readonly (SendRate | NoPeer)[]): Row[] {
  const rate = median(ours.map((one) => one.perSecond));
  const missing = theirs.find((one) => one instanceof NoPeer);
  if (missing !== undefined) return [withoutPeer(what, rate, perSecond, missing.why)];
  const found = theirs.filter((one): one is SendRate => !(one instanceof NoPeer));
  const name = "JetStream, synced always";
  const cpu = (rates: readonly SendRate[]) => median(rates.map((one) => one.serverUs));
  return [
    besides(what, rate, { is: median(found.map((one) => one.perSecond)), name }, perSecond),
    besides(`${what}, server CPU of each`, cpu(ours), { is: cpu(found), name }, micros),
  ];
}

function noteOf(what: string, measured: readonly SendRate[]): string {
  const cores = (name: "serverCores" | "clientCores") => median(measured.map((one) => one[name])).toFixed(2);
  const client = micros(median(measured.map((one) => one.clientUs)));
  return `${what}: cores in use: server ${cores("serverCores")}, load generator ${cores("clientCores")} ` +
    `(${client} for each); rounds: ${measured.map((one) => perSecond(one.perSecond)).join(", ")}`;
}

export async function latencyRows({ dir, rounds }: Bench): Promise<PartRows> {
  const measured = [];
  for (let round = 0; round < rounds; round++) measured.push(await measureLatency(dir));
  const what = `from send to the recipient's frame at ${latencyRate.toLocaleString("en")} sends/s`;
  return {
    rows: [
      alone(`${what}, p50`, median(measured.map((one) => one.p50Ms)), ms),
      alone(`${what}, p99`, median(measured.map((one) => one.p99Ms)), ms, { most: 15 }),
    ],
    notes: measured.map((one) =>
      `Latency: p50 ${ms(one.p50Ms)}, p99 ${ms(one.p99Ms)} (until the answer ${ms(one.answerP50Ms)} and ` +
      `${ms(one.answerP99Ms)}) at ${perSecond(one.perSecond)}; ` +
      `cores in use: server ${one.serverCores.toFixed(2)}, load generator ${one.clientCores.toFixed(2)}`
    ),
  };
}
