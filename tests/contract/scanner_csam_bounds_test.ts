import { english } from "../../lib/protocol/mod.ts";
import assert from "node:assert/strict";
import { openCsam } from "../../lib/adapters/csam/mod.ts";
import { FakeClock } from "../fakes/clock.ts";
import { assertSafe, forEach, matcherOf, settingsOf, waitedFor } from "../fakes/csam_rig.ts";
import { credentials, CsamServices, photodnaAnswer, picture } from "../fakes/csam_services.ts";
import { bigSubject, subjectOf } from "../fakes/scan_subject.ts";
import { until } from "../fakes/until.ts";
import { bytesOf } from "../fixtures/scan/archives.ts";

const { signal } = new AbortController();
const png = "image/png";

const json = (body: unknown, status = 200) => () => Response.json(body, { status });

forEach(
  "SC-1: a service that hangs, is cut off or is not there is an error in bounded time",
  async (service, services) => {
    const clock = new FakeClock();
    const gone = Promise.withResolvers<Response>();
    services.instead = () => gone.promise;
    const hung = matcherOf(services, service, clock).match(subjectOf(picture("hangs"), png), signal);
    await until(() => services.asked.length === 1);
    const before = clock.now();
    const finding = await waitedFor(clock, hung, 1000);
    assert.equal(finding.verdict, "error");
    assert.match(finding.answer, /within 60000 ms/);
    assert.ok(clock.now() - before <= 62_000);
    gone.resolve(new Response());

    // Headers, and then nothing.
    const drip = Promise.withResolvers<void>();
    services.instead = () =>
      new Response(new ReadableStream({ pull: () => drip.promise }), {
        headers: { "content-type": "application/json" },
      });
    const dripping = matcherOf(services, service, clock).match(subjectOf(picture("drips"), png), signal);
    await until(() => services.asked.length === 2);
    assert.equal((await waitedFor(clock, dripping, 1000)).verdict, "error");
    drip.resolve();

    // Closed without a word, or in the middle of the answer.
    using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    let words = "";
    const closing = (async () => {
      for await (const conn of listener) {
        if (words !== "") {
          await conn.read(new Uint8Array(1024));
          await conn.write(new TextEncoder().encode(words)).catch(() => undefined);
        }
        conn.close();
      }
    })();
    const url = `http://127.0.0.1:${listener.addr.port}`;
    const head = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n";
    for (words of ["", "HTTP/1.1 200", head, `${head}{`, "no HTTP at all\r\n\r\n"]) {
      const matcher = openCsam(settingsOf(service, url), { clock });
      const cut = await matcher.match(subjectOf(picture("cut"), png), signal);
      assert.equal(cut.verdict, "error", words);
      assertSafe(cut, "cut");
    }
    listener.close();
    await closing;
    const nobody = await openCsam(settingsOf(service, url), { clock }).match(
      subjectOf(picture("x"), png),
      signal,
    );
    assert.equal(nobody.verdict, "error");
    assert.match(nobody.answer, /cannot be reached/);
    assert.equal(clock.pending, 0);
  },
);

forEach("SC-1: a match that is called off ends at once", async (service, services) => {
  const clock = new FakeClock();
  const gone = Promise.withResolvers<Response>();
  services.instead = () => gone.promise;
  const controller = new AbortController();
  const matcher = matcherOf(services, service, clock);
  const matching = matcher.match(subjectOf(picture("off"), png), controller.signal);
  await until(() => services.asked.length === 1);
  controller.abort();
  const { verdict, answer } = await matching;
  assert.deepEqual([verdict, /cancelled/.test(answer)], ["error", true]);
  assert.equal((await matcher.match(subjectOf(picture("off"), png), controller.signal)).verdict, "error");
  assert.equal(services.asked.length, 1);
  assert.equal(clock.pending, 0);
  gone.resolve(new Response());
});

forEach(
  "SC-2: a file that cannot be read is an error without its path, and not the service's fault",
  async (service, services) => {
    const clock = new FakeClock();
    const matcher = matcherOf(services, service, clock);
    const subject = subjectOf(picture("gone"), png);
    for (let round = 0; round < 8; round++) {
      const { verdict, answer } = await matcher.match({
        ...subject,
        open: () => Promise.reject(new Error("/secret/place")),
      }, signal);
      clock.advance(1000);
      assert.equal(verdict, "error");
      assert.doesNotMatch(answer, /secret/);
    }
    const { verdict } = await matcher.match({ ...subject, sizeBytes: subject.sizeBytes + 1 }, signal);
    assert.equal(verdict, "error");
    clock.advance(1000);
    assert.equal((await matcher.match(subject, signal)).verdict, "clean");
  },
);

forEach(
  // That it is left alone meanwhile is the worker's (tests/unit/scanning_breaker_test.ts).
  "SC-1: the health of a service that is unwell says why, until it answers again",
  async (service, services) => {
    const clock = new FakeClock();
    const matcher = matcherOf(services, service, clock);
    assert.deepEqual(await matcher.health(), {
      ok: true,
      reason: null,
      version: (await matcher.match(subjectOf(bytesOf("text"), "text/plain"), signal)).version,
      real: true,
    });
    services.instead = () => Response.json({ detail: credentials.secret }, { status: 503 });
    const match = async () => {
      clock.advance(1000);
      return await matcher.match(subjectOf(picture("one"), png), signal);
    };
    const refused = await match();
    assert.equal(refused.verdict, "error");
    assert.match(refused.answer, /503/);
    clock.advance(1000);
    const health = await matcher.health();
    assert.equal(health.ok, false);
    assert.match(english(health.reason!), /503/);
    assertSafe({ answer: english(health.reason!) }, "health");
    services.instead = null;
    assert.equal((await match()).verdict, "clean");
    assert.equal((await matcher.health()).ok, true);
  },
);

forEach("SC-7: wrong credentials show in its health", async (service, services) => {
  if (service === "hma") services.instead = () => Response.json({ message: "role" }, { status: 403 });
  const settings = { ...settingsOf(service, services.base(service)), secret: "wrong" };
  const health = await openCsam(settings, { clock: new FakeClock() }).health();
  assert.equal(health.ok, false);
  assert.match(english(health.reason!), /40[13]/);
  assert.doesNotMatch(english(health.reason!), /wrong/);
});

Deno.test("SC-3: a large video is streamed, with bounded memory, to those that take one", async () => {
  const mp4 = bytesOf([0, 0, 0, 24], "ftypisom");
  const sizeBytes = 96 * 1024 * 1024;
  const video = bigSubject(sizeBytes, (chunk, at) => at === 0 && chunk.set(mp4));
  for (const service of ["arachnid", "hma"] as const) {
    await using services = new CsamServices();
    let read = 0;
    let came = 0;
    let ahead = 0;
    const subject = {
      ...video,
      open: async () =>
        (await video.open()).pipeThrough(
          new TransformStream(
            {
              transform(chunk, controller) {
                read += chunk.length;
                ahead = Math.max(ahead, read - came);
                controller.enqueue(chunk);
              },
            },
            undefined,
            { highWaterMark: 0 },
          ),
        ),
    };
    services.onChunk = (length) => void (came += length);
    services.instead = json(
      service === "hma" ? { vpdq: {} } : {
        sha1_base32: "A",
        sha256_hex: video.sha256,
        size_bytes: sizeBytes,
        classification: "no-known-match",
        match_type: null,
        near_match_details: [],
      },
    );
    const finding = await matcherOf(services, service).match(subject, signal);
    assert.equal(finding.verdict, "clean", finding.answer);
    assert.equal(read, sizeBytes);
    assert.ok(came >= sizeBytes, "all of it came");
    assert.ok(ahead < 24 * 1024 * 1024, `${ahead} bytes were held between`);
  }
  // An answer to a part of it is none.
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const early = (async () => {
    using conn = await listener.accept();
    await conn.read(new Uint8Array(4096));
    await conn.write(bytesOf(
      "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 11\r\n\r\n",
      '{"vpdq":{}}',
    ));
  })();
  const hasty = openCsam(settingsOf("hma", `http://127.0.0.1:${listener.addr.port}`), {
    clock: new FakeClock(),
    fetch,
  });
  assert.equal((await hasty.match(video, signal)).verdict, "error");
  await early;
  await using services = new CsamServices();
  const { verdict, answer } = await matcherOf(services, "photodna").match(video, signal);
  assert.deepEqual([verdict, answer], ["incomplete", "PhotoDNA does not look at video/mp4."]);
});

Deno.test("SC-2: PhotoDNA's bounds on kind and size are incomplete, and it is asked five times a second", async () => {
  await using services = new CsamServices();
  const clock = new FakeClock();
  const matcher = matcherOf(services, "photodna", clock);
  const webp = bytesOf("RIFF", [0, 0, 0, 0], "WEBPVP8 ");
  assert.equal((await matcher.match(subjectOf(webp, "image/webp"), signal)).verdict, "incomplete");
  const large = bytesOf(picture("large"), new Uint8Array(4 * 1024 * 1024));
  assert.equal((await matcher.match(subjectOf(large, png), signal)).verdict, "incomplete");
  assert.equal(services.asked.length, 0);
  for (const code of [3208, 3209]) {
    services.instead = json(photodnaAnswer(code, false));
    clock.advance(1000);
    assert.equal((await matcher.match(subjectOf(picture("small"), png), signal)).verdict, "incomplete");
  }
  services.instead = null;
  clock.advance(1000);
  const before = services.asked.length;
  const start = clock.now();
  const all = Promise.all(
    Array.from({ length: 6 }, (_, at) => matcher.match(subjectOf(picture(`${at}`), png), signal)),
  );
  await until(() => services.asked.length === before + 1);
  assert.ok((await waitedFor(clock, all, 50)).every(({ verdict }) => verdict === "clean"));
  assert.ok(clock.now() - start >= 1000);
  assert.equal(clock.pending, 0);
});
