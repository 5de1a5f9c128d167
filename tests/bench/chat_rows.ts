import { latencyRate, measureLatency } from "./latency.ts";
import { median, percentile } from "./numbers.ts";
import { alone, type Bench, besides, ms, type PartRows } from "./part.ts";
import { expectValue, makeContacts, makePeople, openBenchServices } from "./server_parts.ts";

const pairs = 1000;
/** Messages a second; a look has fewer, for a machine with other work. */
const [rateAtLook, rateAtRecord] = [100, latencyRate];
const [few, many] = [100, 10_000];
const looks = 200;
const sentAtOnce = 100;

/** CH-1: chat beside direct commands, and pages and searches of a short and of a long talk. */
export async function chatRows({ dir, rounds, quick }: Bench): Promise<PartRows> {
  const rate = quick ? rateAtLook : rateAtRecord;
  const chats: number[] = [];
  const commands: number[] = [];
  for (let round = 0; round < rounds; round++) {
    chats.push((await measureLatency(dir, { pairs, kind: "chat", rate })).p99Ms);
    commands.push((await measureLatency(dir, { pairs, kind: "command", rate })).p99Ms);
  }
  const [short, long] = [await measureTalk(dir, few), await measureTalk(dir, quick ? many / 10 : many)];
  const at = `${pairs.toLocaleString("en")} pairs at ${rate.toLocaleString("en")}/s`;
  const beside = (is: number) => ({ is, name: `with ${few} messages` });
  return {
    rows: [
      besides(
        `from chat.send to the recipient's frame, ${at}, p99`,
        median(chats),
        { is: median(commands), name: "for direct commands" },
        ms,
        { most: 1.2 },
      ),
      alone("the same for direct commands, p99", median(commands), ms),
      besides("a page of a long talk, p50", long.pageMs, beside(short.pageMs), ms),
      besides("a search in it for its last words, p50", long.searchMs, beside(short.searchMs), ms),
      besides("a search in it for nothing, p50", long.nothingMs, beside(short.nothingMs), ms),
    ],
    notes: [`Talk of ${long.count.toLocaleString("en")} messages beside one of ${few}.`],
  };
}

/** Median times of looks at a talk of two people, in ms. */
async function measureTalk(dir: string, count: number) {
  const dataDir = await Deno.makeTempDir({ dir, prefix: "talk-" });
  await using open = await openBenchServices(dataDir);
  const { chat } = open.services;
  const [one, other] = await makePeople(open, "talker", 2);
  await makeContacts(open, [one!], [other!]);
  for (let at = 0; at < count; at += sentAtOnce) {
    await Promise.all(
      Array.from({ length: Math.min(sentAtOnce, count - at) }, async (_, more) =>
        expectValue(
          await chat.send(one!.caller, {
            key: `k${at + more}`,
            to: other!.username,
            body: `A line of a message, number ${at + more}.`,
          }),
        )),
    );
  }
  const reader = other!.caller;
  const page = () => chat.list(reader, { with: one!.username });
  expectValue(await page());
  const times = async (look: () => Promise<unknown>) => {
    const took: number[] = [];
    for (let n = 0; n < looks; n++) {
      const from = performance.now();
      await look();
      took.push(performance.now() - from);
    }
    return percentile(took, 50);
  };
  return {
    count,
    pageMs: await times(page),
    searchMs: await times(() => chat.search(reader, { q: `number ${count - 1}`, limit: 1 })),
    nothingMs: await times(() => chat.search(reader, { q: "no such words" })),
  };
}
