import { Child } from "./child.ts";
import type { FilesServerReady } from "./files_server.ts";
import { Lean, type Spent } from "./lean.ts";
import { median } from "./numbers.ts";
import { type Bench, besides, micros, type PartRows, withoutPeer } from "./part.ts";
import { NoPeer, openTusd } from "./peers.ts";
import { perSecond } from "./table.ts";

const fileBytes = 16 * 1024;
const files = 1_000;
const filesQuick = 300;
const atOnce = 8;
const warmUps = 50;

/** Many small files of one person, each durable before it is answered. */
export async function smallUploadRows({ dir, rounds, quick }: Bench): Promise<PartRows> {
  const each = quick ? filesQuick : files;
  const dirOf = (prefix: string) => Deno.makeTempDir({ dir, prefix });
  const args = [await dirOf("small-"), "/dev/null"];
  const { child, ready } = await Child.start<FilesServerReady>("files_server.ts", args);
  await using ours = child;
  const { child: bare, ready: bareReady } = await Child.start<FilesServerReady>("raw_files_server.ts", [
    await dirOf("small-raw-"),
  ]);
  await using raw = bare;
  const tusd = await openTusd(dir);
  await using _tusd = tusd instanceof NoPeer ? null : tusd;
  await using lean = await Lean.start();

  const upload = (kind: "behest" | "raw" | "tus", addr: string, pid: number, each: number) =>
    lean.ask<Spent>({
      do: "uploads",
      set: "",
      kind,
      addr,
      pid,
      names: [ready.token],
      each,
      atOnce,
      bytes: fileBytes,
    });
  const ways = {
    ours: (each: number) => upload("behest", `${ready.url}/api/v1/files?name=small.bin`, ours.pid, each),
    raw: (each: number) => upload("raw", bareReady.url, raw.pid, each),
    ...tusd instanceof NoPeer ? {} : {
      tusd: (each: number) => upload("tus", `http://${tusd.addr}/files/`, tusd.pid, each),
    },
  };
  const found: Record<string, Spent[]> = {};
  for (let round = 0; round <= rounds; round++) {
    // All by turns, so that whatever else runs here weighs on each of them.
    for (const [name, way] of Object.entries(ways)) {
      const spent = await way(round === 0 ? warmUps : each);
      if (round > 0) (found[name] ??= []).push(spent);
    }
  }
  const rateOf = (name: string) => each / median(found[name]!.map(({ ms }) => ms)) * 1000;
  const cpuOf = (name: string) => median(found[name]!.map(({ cpuMs }) => cpuMs)) / each * 1000;
  const what = `uploads of ${fileBytes / 1024} KiB, ${atOnce} at once`;
  const limit = "raw Deno.serve, the same syncs";
  const rows = [
    besides(what, rateOf("ours"), { is: rateOf("raw"), name: limit }, perSecond, { least: 1 }),
    besides(`${what}, server CPU of each`, cpuOf("ours"), { is: cpuOf("raw"), name: limit }, micros),
    ...tusd instanceof NoPeer
      ? [withoutPeer(what, rateOf("ours"), perSecond, tusd.why)]
      : [besides(what, rateOf("ours"), { is: rateOf("tusd"), name: tusd.name }, perSecond, { least: 0.5 })],
  ];
  return {
    rows,
    notes: [
      "tusd neither hashes nor syncs what it takes. Ours is synced, with its name and its record, when it is answered.",
    ],
  };
}
