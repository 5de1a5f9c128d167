import { english } from "../../lib/protocol/mod.ts";
import assert from "node:assert/strict";
import { gzipSync } from "node:zlib";
import { openClamd } from "../../lib/adapters/clamd/mod.ts";
import { systemClock } from "../../lib/platform/mod.ts";
import type { ScanSubject, VirusFinding, VirusScanner } from "../../lib/scanning/ports.ts";
import { ClamdProcess } from "../fakes/clamd_process.ts";
import { FakeClock } from "../fakes/clock.ts";
import { bigSubject, subjectOf } from "../fakes/scan_subject.ts";
import { until } from "../fakes/until.ts";
import { bytesOf, docx, eicar, packed, packedNames, tar, zip } from "../fixtures/scan/archives.ts";

type Bytes = Uint8Array<ArrayBuffer>;
const { signal } = new AbortController();
const mib = 1024 * 1024;

function scannerOf(clamd: ClamdProcess, clock = systemClock): VirusScanner {
  return openClamd(clamd.address, { clock, connections: 2 });
}

async function said(scanner: VirusScanner, what: ScanSubject | Bytes): Promise<VirusFinding> {
  return await scanner.scan(what instanceof Uint8Array ? subjectOf(what) : what, signal);
}

Deno.test("SC-2, SC-3: the real clamd: what is plain, infected, encrypted, unread and over the limits", async () => {
  await using clamd = await ClamdProcess.start();
  const scanner = scannerOf(clamd);
  assert.deepEqual(await said(scanner, bytesOf("nothing to see")), {
    verdict: "clean",
    answer: "stream: OK",
    scanner: "clamd",
    version: (await scanner.health()).version,
  });
  assert.match((await scanner.health()).version, /^ClamAV \d/);
  const entry = { name: "eicar.com", bytes: eicar };
  const infected: Record<string, Bytes> = {
    "alone": eicar,
    "in a zip": zip([entry]),
    "in a zip in a zip": zip([{ name: "a.zip", bytes: zip([entry]) }]),
    "in a document": docx("word/embeddings/eicar.bin", eicar),
    "in a tar.gz": new Uint8Array(gzipSync(tar([entry]))),
    "behind much else": bytesOf(new Uint8Array(3 * mib), eicar),
  };
  for (const [what, bytes] of Object.entries(infected)) {
    const { verdict, answer } = await said(scanner, bytes);
    assert.equal(verdict, "infected", `${what}: ${answer}`);
    assert.match(answer, /Test\.Eicar/, what);
  }
  let nested: Bytes = bytesOf("innermost");
  for (let level = 0; level < 40; level++) nested = zip([{ name: "a", bytes: nested }]);
  const incomplete: Record<string, [bytes: Bytes, answer: RegExp]> = {
    "encrypted zip": [zip([{ ...entry, password: "secret" }]), /Heuristics\.Encrypted\.Zip/],
    "too deep": [nested, /Heuristics\.Limits\.Exceeded/],
    "LZMA zip": [packed("lzma.zip"), /zip entry packed with LZMA/],
    "zip without a directory": [zip([entry]).slice(0, -60), /directory does not fit/],
  };
  for (const [what, [bytes, pattern]] of Object.entries(incomplete)) {
    const { verdict, answer } = await said(scanner, bytes);
    assert.equal(verdict, "incomplete", `${what}: ${answer}`);
    assert.match(answer, pattern, what);
  }
  assert.equal((await said(scanner, zip([]))).verdict, "clean");
  assert.equal((await said(scanner, new Uint8Array(0))).verdict, "clean");
});

Deno.test("SC-2: the real clamd: nothing that holds the EICAR file is clean, however it is packed", async () => {
  await using clamd = await ClamdProcess.start();
  const scanner = scannerOf(clamd);
  for (const name of packedNames()) {
    const { verdict, answer } = await said(scanner, packed(name));
    assert.match(verdict, /^(infected|incomplete)$/, `${name}: ${answer}`);
  }
});

Deno.test("SC-2: the real clamd: a bomb, and what is over its limits, is incomplete", async () => {
  await using clamd = await ClamdProcess.start({
    lines: { MaxFileSize: "40M", MaxScanSize: "40M", StreamMaxLength: "45M" },
  });
  const scanner = scannerOf(clamd);
  const bomb = new Uint8Array(gzipSync(new Uint8Array(50 * mib)));
  assert.ok(bomb.length < 60_000, "50 MB of zeros in some 51 KB");
  for (
    const [what, bytes] of [
      ["a gzip bomb", bomb],
      ["a zip bomb", zip([{ name: "zeros", bytes: new Uint8Array(50 * mib) }])],
    ] as const
  ) {
    const { verdict, answer } = await said(scanner, bytes);
    assert.equal(verdict, "incomplete", `${what}: ${answer}`);
    assert.match(answer, /Heuristics\.Limits\.Exceeded/, what);
  }
  const zeros = (sizeBytes: number) => bigSubject(sizeBytes, () => {});
  const over = await said(scanner, zeros(42 * mib));
  assert.deepEqual([over.verdict, /Limits\.Exceeded/.test(over.answer)], ["incomplete", true], over.answer);
  // Cut off by clamd in the middle; its answer is not lost with the reset.
  for (let round = 0; round < 5; round++) {
    const { verdict, answer } = await said(scanner, zeros(200 * mib));
    assert.deepEqual([verdict, answer], ["incomplete", "INSTREAM size limit exceeded. ERROR"]);
  }
  assert.equal((await said(scanner, zeros(39 * mib))).verdict, "clean");
});

Deno.test("SC-2: a clamd that calls unread content clean is not used, and says which line it lacks", async () => {
  const wrong: [lines: Record<string, string>, reason: RegExp][] = [
    [{ AlertEncrypted: "no" }, /`AlertEncrypted yes`/],
    [{ AlertExceedsMax: "no" }, /`AlertExceedsMax yes`/],
    [{ MaxFileSize: "25M", MaxScanSize: "100M" }, /`MaxFileSize`/],
    [{ MaxFileSize: "100M", MaxScanSize: "400M" }, /`MaxFileSize`/],
    [{ ScanArchive: "no" }, /encrypted archives/],
  ];
  await using clamd = await ClamdProcess.start();
  for (const [lines, reason] of wrong) {
    await clamd.restart({ AlertEncrypted: "yes", AlertExceedsMax: "yes", ...lines });
    const scanner = scannerOf(clamd);
    const { verdict, answer } = await said(scanner, bytesOf("plain"));
    assert.equal(verdict, "error", JSON.stringify(lines));
    assert.match(answer, reason);
    const health = await scanner.health();
    assert.equal(health.ok, false);
    assert.match(english(health.reason!), reason);
    assert.equal(health.real, true);
  }
});

Deno.test("SC-2: clamd that is repaired is used without a restart of ours, and one that is broken is not", async () => {
  await using clamd = await ClamdProcess.start({ lines: { AlertEncrypted: "no" } });
  const clock = new FakeClock();
  const scanner = scannerOf(clamd, clock);
  assert.equal((await said(scanner, bytesOf("plain"))).verdict, "error");
  await clamd.kill();
  clock.advance(10_000);
  const down = await said(scanner, bytesOf("plain"));
  assert.equal(down.verdict, "error");
  assert.match(down.answer, /starting or not running/);
  assert.match(english((await scanner.health()).reason!), /starting or not running/);
  await clamd.restart({ AlertEncrypted: "yes" });
  assert.equal((await said(scanner, bytesOf("plain"))).verdict, "clean");
  assert.equal((await scanner.health()).ok, true);
  // Restarted while nobody looked: found out at the latest after an hour.
  await clamd.restart({ AlertEncrypted: "no" });
  clock.advance(3600_000);
  assert.equal((await said(scanner, bytesOf("plain"))).verdict, "error");
});

Deno.test("SC-2: archives inside of others are shown to clamd by signatures of our own", async () => {
  const text = await Deno.readTextFile("lib/adapters/clamd/unread.ndb");
  await using clamd = await ClamdProcess.start({ signatures: { "unread.ndb": text } });
  const scanner = scannerOf(clamd);
  for (const name of ["lzma.zip", "ppmd.zip", "xz.zip", "zstd.zst", "lz4.lz4", "legacy.lz4", "wim.wim"]) {
    for (
      const [how, bytes] of [
        ["zip", zip([{ name, bytes: packed(name) }])],
        ["tar.gz", new Uint8Array(gzipSync(tar([{ name, bytes: packed(name) }])))],
      ] as const
    ) {
      const { verdict, answer } = await said(scanner, bytes);
      assert.equal(verdict, "incomplete", `${name} in ${how}: ${answer}`);
      assert.match(answer, /Behest\.Unread\./);
    }
  }
  assert.equal((await said(scanner, docx("a.txt", bytesOf("fine")))).verdict, "clean");
});

Deno.test("SC-2: clamd killed, stopped, and back again while a file is sent", async () => {
  await using clamd = await ClamdProcess.start();
  const clock = new FakeClock();
  const scanner = scannerOf(clamd, clock);
  assert.equal((await said(scanner, bytesOf("plain"))).verdict, "clean");

  // Killed when a part was sent.
  let sent = 0;
  const held = Promise.withResolvers<void>();
  const reached = Promise.withResolvers<void>();
  const slow = (sizeBytes: number): ScanSubject => {
    const subject = bigSubject(sizeBytes, () => {});
    return {
      ...subject,
      open: async () =>
        (await subject.open()).pipeThrough(
          new TransformStream({
            async transform(chunk, controller) {
              sent += chunk.length;
              if (sent === 64 * 1024 * 4) {
                reached.resolve();
                await held.promise;
              }
              controller.enqueue(chunk);
            },
          }),
        ),
    };
  };
  const killed = said(scanner, slow(8 * mib));
  await reached.promise;
  await clamd.kill();
  held.resolve();
  assert.equal((await killed).verdict, "error");
  await clamd.restart();
  assert.equal((await said(scanner, bytesOf("plain"))).verdict, "clean");

  // Stopped for longer than it is waited for: while it is sent to, and while it looks.
  clamd.stop();
  for (const subject of [bigSubject(64 * mib, () => {}), subjectOf(bytesOf("small"))]) {
    const stopped = said(scanner, subject);
    const finding = await until(async () => {
      clock.advance(10_000);
      return await Promise.race([stopped, Promise.resolve(null)]);
    });
    assert.equal(finding.verdict, "error");
    assert.match(finding.answer, /within \d+ ms/);
  }
  clamd.continue();
  assert.equal((await said(scanner, eicar)).verdict, "infected");
  assert.equal(clock.pending, 0);

  // Stopped for less than that.
  clamd.stop();
  const waits = said(scanner, eicar);
  clamd.continue();
  assert.equal((await waits).verdict, "infected");
});
