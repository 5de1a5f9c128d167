import { type DownloadRates, measureDownload } from "./files_download.ts";
import { measureUpload, measureUploadMemory, randomFile, type UploadRates } from "./files_upload.ts";
import { median } from "./numbers.ts";
import type { Bench, PartRows as Part } from "./part.ts";
import { NoPeer, openTusd } from "./peers.ts";
import { type Row, times } from "./table.ts";

/** Uploads at once while memory is watched, and the most that they may take together. */
const uploadsAtOnce = 20;
const uploadsQuick = 5;
const memoryMiB = 150;

export async function uploadRows({ dir, rounds }: Bench): Promise<Part> {
  const tusd = await openTusd(dir);
  await using _tusd = tusd instanceof NoPeer ? null : tusd;
  const measured = await measureUpload(
    dir,
    await randomFile(dir),
    rounds,
    tusd instanceof NoPeer ? null : tusd,
  );
  const row = rowsOf(measured);
  return {
    rows: [
      row("an upload of 1 GiB into the blob store, synced", "store", "hash", "the hash alone", 0.8),
      row("an upload of 1 GiB into the blob store, synced", "store", "sha256sum", "sha256sum", 1.5),
      row("an upload of 1 GiB through the server, by curl", "http", "hash", "the hash alone", 0.8),
      row("an upload of 1 GiB through the server, by curl", "http", "sha256sum", "sha256sum", 1.5),
      row(
        "an upload of 1 GiB through the server, by curl",
        "http",
        "httpDropped",
        "Deno.serve that drops it",
      ),
      ...tusd instanceof NoPeer
        ? []
        : [row("an upload of 1 GiB through the server, by curl", "http", "tusd", tusd.name, 1 / 1.3)],
    ],
    notes: [notesOf("Uploads by round", measured)],
  };
}

export async function uploadMemoryRows({ dir, quick }: Bench): Promise<Part> {
  const { uploads, idleBytes, peakBytes, firstHalfBytes, secondHalfBytes, perSecond } =
    await measureUploadMemory(dir, quick ? uploadsQuick : uploadsAtOnce);
  return {
    rows: [{
      what: `memory above idle, ${uploads} uploads of 1 GiB at once`,
      ours: mib(peakBytes),
      baseline: `${mib(idleBytes)} idle`,
      ratio: "",
      target: `< ${memoryMiB} MiB`,
      met: uploads < uploadsAtOnce ? null : peakBytes < memoryMiB * 2 ** 20,
    }],
    notes: [
      `${uploads} uploads at once: ${
        perSecond.toFixed(0)
      } MiB/s together; the most above idle in the first half of ` +
      `the time ${mib(firstHalfBytes)}, in the second ${mib(secondHalfBytes)}.`,
    ],
  };
}

export async function downloadRows({ dir, rounds }: Bench): Promise<Part> {
  const measured = await measureDownload(dir, await randomFile(dir), rounds);
  const row = rowsOf(measured);
  return {
    rows: [
      row("a blob of 1 GiB read to its end", "store", "plain", "pipeTo of a plain file", 0.8),
      row("a file of 1 GiB from the server, by curl", "http", "httpPlain", "Response over a plain file", 0.8),
    ],
    notes: [notesOf("Downloads by round", measured)],
  };
}

type Rates = { [K in keyof UploadRates]: number } | { [K in keyof DownloadRates]: number };

/** The ratio is the median of the rounds' own: what was measured side by side saw the same machine. */
function rowsOf<R extends Rates>(measured: readonly R[]) {
  return (what: string, ours: keyof R, beside: keyof R, name: string, least?: number): Row => {
    const of = (key: keyof R) => measured.map((round) => round[key] as number);
    const ratio = median(measured.map((round) => (round[ours] as number) / (round[beside] as number)));
    return {
      what,
      ours: `${median(of(ours)).toFixed(0)} MiB/s`,
      baseline: `${median(of(beside)).toFixed(0)} MiB/s ${name}`,
      ratio: times(ratio),
      target: least === undefined ? "" : `≥ ${times(least)}`,
      met: least === undefined ? null : ratio >= least,
    };
  };
}

function notesOf(what: string, measured: readonly Rates[]): string {
  const rounds = measured.map((round) =>
    Object.entries(round).map(([name, rate]) => `${name} ${rate.toFixed(0)}`).join(", ")
  );
  return `${what}, in MiB/s: ${rounds.join("; ")}.`;
}

function mib(bytes: number): string {
  return `${(bytes / 2 ** 20).toFixed(0)} MiB`;
}
