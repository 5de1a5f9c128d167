import { openClamd } from "../../lib/adapters/clamd/mod.ts";
import { systemClock } from "../../lib/platform/mod.ts";
import type { ScanSubject, VirusScanner } from "../../lib/scanning/ports.ts";
import { ClamdProcess } from "../fakes/clamd_process.ts";
import { median } from "./numbers.ts";
import type { Bench, PartRows } from "./part.ts";
import { type Row, times } from "./table.ts";

const mib = 1024 * 1024;
/** Few large files, where the bytes count, and many small ones, where what each costs does. */
const plans = [
  { what: "files of 64 MiB", files: 4, sizeBytes: 64 * mib, target: 0.9 },
  { what: "files of 64 KiB", files: 400, sizeBytes: 64 * 1024, target: null },
] as const;

/** Our client beside `clamdscan --stream`, on the same clamd, one file after the other. */
export async function scanRows({ dir, rounds }: Bench): Promise<PartRows> {
  await using clamd = await ClamdProcess.start();
  const scanner = openClamd(clamd.address, { clock: systemClock, connections: 1 });
  const { ok, reason } = await scanner.health();
  if (!ok) throw new Error(`clamd is not fit for this: ${reason}`);
  const rows: Row[] = [];
  const notes = [
    "clamd has one signature: with the real ones each byte costs it far more, and what the client costs counts less.",
  ];
  for (const { what, files, sizeBytes, target } of plans) {
    const rates: { ours: number; theirs: number }[] = [];
    for (let round = 0; round < rounds; round++) {
      // Nobody is always first, and each gets files of their own: clamd remembers what it found clean.
      const measured = { ours: 0, theirs: 0 };
      for (const who of round % 2 === 0 ? ["ours", "theirs"] as const : ["theirs", "ours"] as const) {
        const paths = await writeFiles(dir, files, sizeBytes);
        const start = performance.now();
        await (who === "ours" ? scanOurs(scanner, paths, sizeBytes) : scanTheirs(clamd, paths));
        measured[who] = files * sizeBytes / mib / ((performance.now() - start) / 1000);
        for (const path of paths) await Deno.remove(path);
      }
      rates.push(measured);
    }
    const ours = median(rates.map((one) => one.ours));
    const theirs = median(rates.map((one) => one.theirs));
    // Of each round, as the machine may be another in the next.
    const ratio = median(rates.map((one) => one.ours / one.theirs));
    rows.push({
      what: `virus scan, ${files} ${what}`,
      ours: `${ours.toFixed(0)} MiB/s`,
      baseline: `${theirs.toFixed(0)} MiB/s clamdscan --stream`,
      ratio: times(ratio),
      target: target === null ? "" : `≥ ${target.toFixed(2)} ×`,
      met: target === null ? null : ratio >= target,
    });
    notes.push(
      `${what}: ${
        rates.map((one) => `${one.ours.toFixed(0)} beside ${one.theirs.toFixed(0)}`).join(", ")
      } MiB/s`,
    );
  }
  return { rows, notes };
}

async function writeFiles(dir: string, files: number, sizeBytes: number): Promise<string[]> {
  const paths: string[] = [];
  for (let number = 0; number < files; number++) {
    const bytes = new Uint8Array(sizeBytes);
    for (let at = 0; at < sizeBytes; at += 65_536) crypto.getRandomValues(bytes.subarray(at, at + 65_536));
    const path = `${dir}/scanned-${number}`;
    await Deno.writeFile(path, bytes, { mode: 0o644 });
    paths.push(path);
  }
  return paths;
}

async function scanOurs(scanner: VirusScanner, paths: readonly string[], sizeBytes: number): Promise<void> {
  for (const path of paths) {
    const subject: ScanSubject = {
      sha256: "",
      sizeBytes,
      type: "application/octet-stream",
      head: await headOf(path),
      open: async () => (await Deno.open(path)).readable,
    };
    const { verdict, answer } = await scanner.scan(subject, new AbortController().signal);
    if (verdict !== "clean") throw new Error(`Not clean: ${answer}`);
  }
}

async function headOf(path: string): Promise<Uint8Array<ArrayBuffer>> {
  using file = await Deno.open(path);
  const head = new Uint8Array(64 * 1024);
  return head.subarray(0, await file.read(head) ?? 0);
}

async function scanTheirs(clamd: ClamdProcess, paths: readonly string[]): Promise<void> {
  const { success, stdout } = await new Deno.Command("clamdscan", {
    args: [`--config-file=${clamd.config}`, "--stream", "--no-summary", ...paths],
    stdin: "null",
    stdout: "piped",
  }).output().catch(() => {
    throw new Error("clamdscan is not installed (Debian package clamdscan).");
  });
  if (!success) throw new Error(`clamdscan: ${new TextDecoder().decode(stdout).slice(0, 500)}`);
}
