import { english } from "../../lib/protocol/mod.ts";
import assert from "node:assert/strict";
import { openClamd } from "../../lib/adapters/clamd/mod.ts";
import type { VirusScanner } from "../../lib/scanning/ports.ts";
import { FakeClock } from "../fakes/clock.ts";
import { type Behaviour, FakeClamd } from "../fakes/fake_clamd.ts";
import { bigSubject, subjectOf } from "../fakes/scan_subject.ts";
import { until } from "../fakes/until.ts";
import { bytesOf } from "../fixtures/scan/archives.ts";

const { signal } = new AbortController();
/** Begins as the fake knows a file that is not of the self-test. */
const file = subjectOf(bytesOf("file: some bytes"));
const bigFile = bigSubject(32 * 1024 * 1024, (chunk, at) => at === 0 && chunk.set(bytesOf("file")));

/** Moves time on until what is waited for has come: every wait of the scanner is one of the clock. */
async function waitedFor<T>(clock: FakeClock, promise: Promise<T>): Promise<T> {
  let done = false;
  promise.then(() => done = true, () => done = true);
  await until(async () => {
    await clock.advanceAsync(4000);
    return done;
  });
  return await promise;
}

async function open(): Promise<{ clamd: FakeClamd; clock: FakeClock; scanner: VirusScanner }> {
  const clamd = new FakeClamd();
  const clock = new FakeClock();
  const scanner = openClamd(clamd.address, { clock, connections: 2 });
  assert.equal((await scanner.health()).ok, true);
  return { clamd, clock, scanner };
}

/** Answers once the whole file is there. */
function answering(text: string): Behaviour {
  return async (connection) => {
    await connection.readAll();
    await connection.write(text);
  };
}

Deno.test("SC-2: whatever comes back but `stream: OK`, a file is not clean", async () => {
  const { clamd, scanner, clock } = await open();
  await using _clamd = clamd;
  const behaviours: Record<string, Behaviour> = {
    "nothing": async (connection) => void await connection.readAll(),
    "an end at once": () => {},
    "a reset in the middle": async (connection) => {
      await connection.read();
      connection.close();
    },
    "garbage": answering("\x00\x01\x02\x03"),
    "another protocol": answering("HTTP/1.1 200 OK\r\n\r\n"),
    "half an answer": answering("stream: O"),
    "an answer without its end": answering("stream: OK"),
    "an answer with a newline": answering("stream: OK\n"),
    "two answers": answering("stream: OK\0stream: OK\0"),
    "an error": answering("stream: Can't allocate memory ERROR\0"),
    "the timeout": answering("COMMAND READ TIMED OUT\n"),
    "a flood": answering("stream: " + "x".repeat(100_000) + " FOUND\0"),
    "an answer before the file": async (connection) => {
      await connection.write("stream: OK\0");
      await connection.readAll();
    },
  };
  for (const [what, behaviour] of Object.entries(behaviours)) {
    clamd.behaviour = behaviour;
    for (const subject of [file, bigFile]) {
      const small = subject === file;
      // The whole of a small file is on its way before any answer can be; then it is one to all of it.
      if (small && what === "an answer before the file") continue;
      const { verdict, answer } = await waitedFor(clock, scanner.scan(subject, signal));
      assert.equal(verdict, "error", `${what}${small ? "" : ", large"}: ${answer}`);
      assert.ok(answer.length > 0 && answer.length <= 500, what);
    }
  }
  clamd.behaviour = answering("stream: OK\0");
  assert.equal((await scanner.scan(bigFile, signal)).verdict, "clean");
  assert.equal(clock.pending, 0);
  await until(() => clamd.openConnections === 0);
});

Deno.test("SC-2: an answer in pieces is one answer", async () => {
  const { clamd, scanner } = await open();
  await using _clamd = clamd;
  clamd.behaviour = async (connection) => {
    await connection.readAll();
    for (const letter of "stream: Some.Worm FOUND\0") await connection.write(letter);
  };
  const finding = await scanner.scan(file, signal);
  assert.deepEqual([finding.verdict, finding.answer], ["infected", "stream: Some.Worm FOUND"]);
});

Deno.test("SC-2: the size limit's answer is kept when the connection is cut right behind it", async () => {
  const { clamd, scanner } = await open();
  await using _clamd = clamd;
  clamd.behaviour = async (connection) => {
    await connection.read();
    await connection.write("INSTREAM size limit exceeded. ERROR\0");
    connection.close();
  };
  for (let round = 0; round < 20; round++) {
    const { verdict, answer } = await scanner.scan(bigFile, signal);
    assert.deepEqual([verdict, answer], ["incomplete", "INSTREAM size limit exceeded. ERROR"]);
  }
});

Deno.test("SC-1: a clamd that hangs is given up by the clock, wherever it hangs", async () => {
  const { clamd, clock, scanner } = await open();
  await using _clamd = clamd;
  const gone = Promise.withResolvers<void>();
  const hangs: Record<string, Behaviour> = {
    "without reading": () => gone.promise,
    "with the answer": async (connection) => {
      await connection.readAll();
      await gone.promise;
    },
    "in the middle of its answer": async (connection) => {
      await connection.readAll();
      await connection.write("stream: OK");
      await gone.promise;
    },
    "behind its answer": async (connection) => {
      await connection.readAll();
      await connection.write("stream: OK\0");
      await gone.promise;
    },
  };
  for (const [where, behaviour] of Object.entries(hangs)) {
    clamd.behaviour = behaviour;
    const before = clock.now();
    const { verdict, answer } = await waitedFor(clock, scanner.scan(bigFile, signal));
    assert.equal(verdict, "error", where);
    assert.match(answer, /within \d+ ms/, where);
    assert.ok(clock.now() - before <= 10 * 60_000, where);
    assert.equal(clock.pending, 0, where);
  }
  clamd.commands = async () => {
    await gone.promise;
    return true;
  };
  const health = await waitedFor(clock, scanner.health());
  assert.equal(health.ok, false);
  assert.match(english(health.reason!), /did not answer within/);
  gone.resolve();
});

Deno.test("SC-1: a scan that is called off ends with an error at once, and so does one that waits for its turn", async () => {
  const { clamd, clock, scanner } = await open();
  await using _clamd = clamd;
  const gone = Promise.withResolvers<void>();
  clamd.behaviour = () => gone.promise;
  const controller = new AbortController();
  const before = clamd.streams;
  const scans = Array.from({ length: 5 }, () => scanner.scan(bigFile, controller.signal));
  await until(() => clamd.streams === before + 2);
  controller.abort();
  for (const { verdict, answer } of await Promise.all(scans)) {
    assert.equal(verdict, "error");
    assert.match(answer, /cancelled/);
  }
  assert.equal(clock.pending, 0);
  assert.equal((await scanner.scan(file, controller.signal)).verdict, "error");
  gone.resolve();
  await until(() => clamd.openConnections === 0);
});

Deno.test("SC-1: no more connections at once than were given, one for `health` apart", async () => {
  const { clamd, scanner } = await open();
  await using _clamd = clamd;
  const findings = await Promise.all(Array.from({ length: 12 }, () => scanner.scan(file, signal)));
  assert.ok(findings.every(({ verdict }) => verdict === "clean"));
  assert.ok(clamd.most <= 2, `${clamd.most} connections`);
});

Deno.test("SC-2: a file that cannot be read, or is not as long as it should be, is not clean", async () => {
  const { clamd, clock, scanner } = await open();
  await using _clamd = clamd;
  const broken: Record<string, typeof file> = {
    "not there": { ...file, open: () => Promise.reject(new Deno.errors.NotFound("/secret/place")) },
    "breaks off": {
      ...file,
      open: () =>
        Promise.resolve(
          new ReadableStream({
            pull(controller) {
              controller.error(new Error("/secret/place"));
            },
          }),
        ),
    },
    "too short": { ...file, sizeBytes: file.sizeBytes + 1 },
    "too long": { ...file, sizeBytes: file.sizeBytes - 1 },
  };
  for (const [what, subject] of Object.entries(broken)) {
    const { verdict, answer } = await scanner.scan(subject, signal);
    assert.equal(verdict, "error", what);
    assert.doesNotMatch(answer, /secret/, what);
  }
  const opened = Promise.withResolvers<void>();
  let cancelled = false;
  const endless = {
    ...file,
    open() {
      opened.resolve();
      return Promise.resolve(
        new ReadableStream<Uint8Array<ArrayBuffer>>({ cancel: () => void (cancelled = true) }),
      );
    },
  };
  const controller = new AbortController();
  const scan = scanner.scan(endless, controller.signal);
  await opened.promise;
  controller.abort();
  assert.equal((await scan).verdict, "error");
  await until(() => cancelled);
  assert.equal(clock.pending, 0);
});

Deno.test("SC-3: nobody there, and somebody there who is not clamd", async () => {
  const clamd = new FakeClamd();
  const { address } = clamd;
  const scanner = openClamd(address, { clock: new FakeClock(), connections: 1 });
  clamd.commands = async (connection) => {
    await connection.write("220 mail.example.org ESMTP\r\n");
    return true;
  };
  assert.match(english((await scanner.health()).reason!), /does not speak/);
  assert.equal((await scanner.scan(file, signal)).verdict, "error");
  clamd.commands = async (connection) => {
    if (connection.command !== "zVERSION") return false;
    await connection.write("Something 1.0\0");
    return true;
  };
  assert.match(english((await scanner.health()).reason!), /does not report a version/);
  await clamd[Symbol.asyncDispose]();
  const { verdict, answer, version } = await scanner.scan(file, signal);
  assert.deepEqual([verdict, version], ["error", ""]);
  assert.match(answer, /starting or not running/);
  assert.deepEqual((await scanner.health()).ok, false);
});

Deno.test("SC-4: the version is asked for once a minute, and the self-test follows the signatures", async () => {
  const { clamd, clock, scanner } = await open();
  await using _clamd = clamd;
  let asked = 0;
  clamd.commands = ({ command }) => {
    if (command === "zVERSION") asked++;
    return false;
  };
  const tested = clamd.streams;
  for (let scan = 0; scan < 5; scan++) await scanner.scan(file, signal);
  assert.deepEqual([asked, clamd.streams - tested], [0, 5]);
  clock.advance(60_000);
  for (let scan = 0; scan < 5; scan++) await scanner.scan(file, signal);
  assert.deepEqual([asked, clamd.streams - tested], [1, 10], "the same version needs no new self-test");
  clamd.version = "ClamAV 1.4.6/27001/Thu Jan  1 00:00:00 2026";
  clock.advance(60_000);
  const { version } = await scanner.scan(file, signal);
  assert.equal(version, clamd.version);
  assert.ok(clamd.streams - tested > 11 + 3, "new signatures: tested anew");
});

Deno.test("SC-2: several that wait for the self-test share one, and are all refused when it fails", async () => {
  await using clamd = new FakeClamd();
  clamd.commands = async (connection) => {
    if (connection.command !== "zINSTREAM") return false;
    await connection.readAll();
    await connection.write("stream: OK\0");
    clamd.streams++;
    return true;
  };
  const scanner = openClamd(clamd.address, { clock: new FakeClock(), connections: 4 });
  const findings = await Promise.all(Array.from({ length: 4 }, () => scanner.scan(file, signal)));
  for (const { verdict, answer } of findings) {
    assert.equal(verdict, "error");
    assert.match(answer, /EICAR/);
  }
  assert.equal(clamd.streams, 1, "none of the files was sent");
});
