import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import {
  csamMatcherFor,
  EicarScanner,
  hashList,
  HashListMatcher,
  NotConfigured,
  PreferredScanner,
  virusScannerFor,
} from "../../lib/scanning/mod.ts";
import { FakeClock } from "../fakes/clock.ts";
import { ScriptedCsamMatcher, ScriptedVirusScanner, subjectOfBytes } from "../fakes/scanners.ts";

/** In two parts, as in the scanner itself. */
const eicar = String.raw`X5O!P%@AP[4\PZX54(P^)7CC)7}` + "$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*";
const never = new AbortController().signal;

async function scanned(text: string | Uint8Array<ArrayBuffer>): Promise<string> {
  const bytes = typeof text === "string" ? new TextEncoder().encode(text) : text;
  return (await new EicarScanner().scan(subjectOfBytes(bytes))).verdict;
}

Deno.test("SC-7: the built-in scanner knows the EICAR test file by its definition, and no other", async () => {
  // The MD5 that signature databases carry for it.
  assert.equal(createHash("md5").update(eicar).digest("hex"), "44d88612fea8a8f36de82e1278abb02f");
  assert.equal(await scanned(eicar), "infected");
  for (const space of ["\n", "\r\n", " ", "\t", "\x1a", " ".repeat(60), "\r\n\t \x1a"]) {
    assert.equal(await scanned(eicar + space), "infected", JSON.stringify(space));
  }
  for (
    const other of [
      "",
      "hello",
      eicar.slice(0, -1),
      eicar.slice(1),
      " " + eicar,
      eicar + "x",
      eicar + "\0",
      eicar + "\v",
      eicar + " ".repeat(61),
      eicar.toLowerCase(),
      eicar + eicar,
    ]
  ) {
    assert.equal(await scanned(other), "clean", JSON.stringify(other.slice(0, 12)));
  }
  assert.equal(await scanned(new Uint8Array(70_000)), "clean");
  const { ok, real } = await new EicarScanner().health();
  assert.deepEqual([ok, real], [true, false]);
});

Deno.test("SC-7: the list of hashes matches what is on it, and looks at images and videos only", async () => {
  const known = "ab".repeat(32);
  const matcher = new HashListMatcher(hashList(`${known}\n`, "hashes.txt"));
  const match = async (type: string, sha256 = "cd".repeat(32)) =>
    await matcher.match(subjectOfBytes(new Uint8Array(1), { sha256, type }));
  for (const type of ["image/png", "video/mp4", "text/plain"]) {
    const found = await match(type, known);
    assert.equal(found.verdict, "match");
    assert.deepEqual(found.match, { classification: "test-list", matchType: "exact", reference: null });
  }
  const verdicts = await Promise.all(
    ["image/png", "video/mp4", "audio/ogg", "application/pdf", "text/image/png"].map((type) => match(type)),
  );
  assert.deepEqual(verdicts.map(({ verdict }) => verdict), [
    "clean",
    "clean",
    "not_applicable",
    "not_applicable",
    "not_applicable",
  ]);
  assert.deepEqual((await matcher.health()).real, false);
});

Deno.test("SC-7: a list of hashes may have comments and empty lines; anything else stops the start", () => {
  const [a, b] = ["ab".repeat(32), "01".repeat(32)];
  const lists = hashList(`\ufeff# known\r\n${a.toUpperCase()} # one\n\n  ${b}  \n${a}`, "f");
  assert.deepEqual([...lists], [a, b]);
  assert.equal(hashList("", "f").size, 0);
  for (const bad of ["x", a.slice(1), a + "0", `${a} ${b}`, `${a}  a.jpg`, a.replace("a", "g")]) {
    assert.throws(
      () => hashList(`${b}\n${bad}\n`, "hashes.txt"),
      /^Error: hashes\.txt, line 2: is not a SHA-256/,
    );
  }
});

Deno.test("SC-7: what is not configured always errs, and says why to an operator", async () => {
  const none = new NotConfigured("scanner.noMatching");
  assert.deepEqual([(await none.scan()).verdict, (await none.match()).verdict], ["error", "error"]);
  assert.deepEqual(await none.health(), {
    ok: false,
    reason: "scanner.noMatching",
    version: "",
    real: false,
  });
});

Deno.test("SC-7: production never falls back to what is built in", async () => {
  const clamd = new ScriptedVirusScanner(() => "error");
  clamd.healthy = false;
  const clock = new FakeClock();
  const production = virusScannerFor("production", clamd, clock);
  const file = subjectOfBytes(new Uint8Array(4), { type: "image/png" });
  assert.equal((await production.scan(file, never)).verdict, "error");
  assert.equal((await production.health()).ok, false);
  const matcher = csamMatcherFor("production", null, new Set([file.sha256]));
  assert.equal((await matcher.match(file, never)).verdict, "error");
  assert.equal((await matcher.health()).ok, false);
  const service = new ScriptedCsamMatcher(() => "clean");
  for (const mode of ["production", "evaluation"] as const) {
    assert.equal(csamMatcherFor(mode, service, new Set([file.sha256])), service);
  }
  const list = csamMatcherFor("evaluation", null, new Set([file.sha256]));
  assert.equal((await list.match(file, never)).verdict, "match");
  const evaluation = virusScannerFor("evaluation", clamd, clock);
  assert.equal((await evaluation.scan(file, never)).verdict, "clean");
});

Deno.test("SC-7: evaluation mode uses clamd while it answers, whenever it comes up", async () => {
  const clock = new FakeClock();
  const clamd = new ScriptedVirusScanner(() => "clean");
  clamd.healthy = false;
  const chosen = new PreferredScanner({ preferred: clamd, otherwise: new EicarScanner(), clock });
  const file = subjectOfBytes(new Uint8Array(4));
  const scanner = async () => (await chosen.scan(file, never)).scanner;
  assert.equal(await scanner(), "built-in");
  assert.deepEqual([chosen.name, (await chosen.health()).real], ["built-in", false]);
  clamd.healthy = true;
  clock.advance(9_999);
  assert.equal(await scanner(), "built-in");
  assert.equal(clamd.healthAsked, 1, "asked again at intervals only");
  clock.advance(1);
  assert.equal(await scanner(), "fake-virus");
  assert.deepEqual([chosen.name, (await chosen.health()).real], ["fake-virus", true]);
  // It goes away: that try is an error, the next one knows.
  clamd.script = () => "error";
  clamd.healthy = false;
  assert.equal((await chosen.scan(file, never)).verdict, "error");
  assert.equal(await scanner(), "built-in");
});

Deno.test("SC-7: a preferred scanner that breaks off when it is asked does not answer", async () => {
  const clamd = new ScriptedVirusScanner();
  clamd.health = () => Promise.reject(new Error("refused"));
  const chosen = new PreferredScanner({
    preferred: clamd,
    otherwise: new EicarScanner(),
    clock: new FakeClock(),
  });
  assert.equal((await chosen.health()).real, false);
});
