import assert from "node:assert/strict";
import { keys } from "../../lib/adapters/kv/keys.ts";
import type { ScanRecord } from "../../lib/adapters/kv/scan_store.ts";
import type { BlobRecord, RefusedHash } from "../../lib/files/ports.ts";
import type { Verdict } from "../../lib/protocol/mod.ts";
import type { MemoryKv } from "../fakes/memory_kv.ts";
import { hashOf } from "../fakes/scan_rig.ts";

/** One scan as the scanners saw it. It is over when all that it asked for was answered, or it was cut off. */
export interface Scan {
  id: number;
  sha256: string;
  /** Of the worker that runs it. */
  life: { dead: boolean };
  open: number;
  cut: boolean;
  said: Partial<Record<"virus" | "csam", string>>;
}

/** What must be true at every moment, by what lies in the store and what the scanners said. */
export class ScanningOracle {
  readonly #memory: MemoryKv;
  readonly #wasClean = new Set<string>();
  readonly scans = new Map<number, Scan>();
  /** Told from within the worker, which would take what is thrown for a scanner's failure. */
  readonly problems: string[] = [];
  /** Blobs with a verdict that counts. */
  readonly concluded = new Set<string>();

  constructor(memory: MemoryKv) {
    this.#memory = memory;
  }

  /** A scan begins: no other one of the blob may be running. */
  begin(sha256: string, life: Scan["life"]): Scan {
    for (const other of this.scans.values()) {
      const runs = other.sha256 === sha256 && other.open > 0 && !other.cut && !other.life.dead;
      if (runs) this.problems.push(`SC-1: scan ${other.id} of ${sha256} was still running`);
    }
    const scan: Scan = { id: this.scans.size, sha256, life, open: 0, cut: false, said: {} };
    this.scans.set(scan.id, scan);
    return scan;
  }

  /** Throws when anything is not as it must be. */
  assertSound(names: readonly string[]): void {
    assert.deepEqual(this.problems, []);
    const scans = this.#memory.list<ScanRecord>({ prefix: keys.scans() });
    const places = scans.map(({ key, value: { dueMs, lease } }) =>
      `${lease?.untilMs ?? dueMs} ${String(key[1])}`
    );
    const listed = this.#memory.list({ prefix: keys.scansDue() }).map(({ key }) => key.slice(1).join(" "));
    assert.deepEqual(listed.sort(), places.sort(), "each scan has its place");
    for (const name of names) this.#assertBlob(name);
  }

  #assertBlob(name: string): void {
    const sha256 = hashOf(name);
    const { state } = this.#memory.get<BlobRecord>(keys.blob(sha256)).value!;
    const verdicts = this.#memory.list<Verdict>({ prefix: keys.verdictsOf(sha256) }).map(({ value }) =>
      value
    );
    const virus = verdicts.find(({ check }) => check === "virus");
    const csam = verdicts.find(({ check }) => check === "csam");
    const isOver = this.#memory.get(keys.scan(sha256)).value === null;
    if (this.#wasClean.has(sha256)) {
      // No rescan here finds what cannot be looked through.
      assert.ok(state === "clean" || state === "rejected", `${name}: was clean and is ${state}`);
    }
    if (state === "clean") {
      this.#wasClean.add(sha256);
      assert.equal(virus?.verdict, "clean", `${name}: nothing is clean without the virus scanner's word`);
      assert.ok(
        csam?.verdict === "clean" || csam?.verdict === "not_applicable",
        `${name}: nor the matcher's`,
      );
      assert.equal(virus?.answer, csam?.answer, `${name}: both of one scan`);
    }
    if (!isOver) return assert.notEqual(state, "rejected", `${name}: what is rejected is not scanned`);
    this.concluded.add(sha256);
    const ids = [virus, csam].flatMap((verdict) => this.#scanOf(verdict)?.id ?? []);
    assert.ok(ids.length > 0, `${name}: concluded by a scan`);
    const last = Math.max(
      ...[...this.scans.values()].filter((scan) => scan.sha256 === sha256).map(({ id }) => id),
    );
    assert.deepEqual(new Set(ids), new Set([last]), `${name}: by the scan that had the lease`);
    for (const verdict of [virus, csam]) {
      const scan = this.#scanOf(verdict);
      if (scan !== null) assert.equal(verdict!.verdict, scan.said[verdict!.check as "virus"], name);
    }
    const refused = this.#memory.get<RefusedHash>(keys.refused(sha256)).value?.why ?? null;
    assert.deepEqual([state, refused], outcomeOf(virus?.verdict, csam?.verdict), `${name}: ${state}`);
  }

  #scanOf(verdict: Verdict | undefined): Scan | null {
    const id = /^scan (\d+)$/.exec(verdict?.answer ?? "")?.[1];
    return id === undefined ? null : this.scans.get(Number(id))!;
  }
}

/** SC-2 as this test understands it: the state, and why the hash is refused. */
function outcomeOf(virus: string | undefined, csam: string | undefined): [string, string | null] {
  if (csam === "match") return ["rejected", "match"];
  if (virus === "infected") return ["rejected", "infected"];
  const passed = virus === "clean" && (csam === "clean" || csam === "not_applicable");
  if (passed) return ["clean", null];
  const known = ["clean", "incomplete", "not_applicable"];
  assert.ok(known.includes(virus ?? "") && known.includes(csam ?? ""), `${virus} and ${csam} decide nothing`);
  return ["held", null];
}
