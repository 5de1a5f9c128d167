import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { type CsamSettings, openCsam } from "../../lib/adapters/csam/mod.ts";
import type { CsamFinding } from "../../lib/scanning/ports.ts";
import { FakeClock } from "../fakes/clock.ts";
import { assertSafe, forEach, matcherOf, type Name, names, settingsOf } from "../fakes/csam_rig.ts";
import { type Asked, credentials, CsamServices, photodnaAnswer, picture } from "../fakes/csam_services.ts";
import { subjectOf } from "../fakes/scan_subject.ts";

const { signal } = new AbortController();
const png = "image/png";

forEach("SC-3: match, near match and no match", async (service, services) => {
  const clock = new FakeClock();
  const matcher = matcherOf(services, service, clock);
  services.know(picture("known"));
  services.know(picture("like it"), "near");
  const ask = (mark: string) => {
    clock.advance(1000);
    return matcher.match(subjectOf(picture(mark), png), signal);
  };
  const clean = await ask("unknown");
  assert.equal(clean.verdict, "clean", clean.answer);
  assert.equal(clean.match, undefined);
  assert.equal(clean.scanner, service);
  const match = await ask("known");
  assert.equal(match.verdict, "match");
  const expected: Record<Name, CsamFinding["match"]> = {
    arachnid: { classification: "csam", matchType: "exact", reference: "A".repeat(32) },
    hma: { classification: "BANK_CSAM", matchType: "exact", reference: "1001" },
    photodna: { classification: "Test", matchType: null, reference: "104149" },
  };
  assert.deepEqual(match.match, expected[service]);
  const near = await ask("like it");
  assert.equal(near.verdict, "match");
  assert.equal(near.match!.matchType, service === "photodna" ? null : "near");
  assert.equal(clock.pending, 0);
});

Deno.test("SC-9: only a bank that means abuse material makes a match; unknown banks and others hold", async () => {
  await using services = new CsamServices();
  const clock = new FakeClock();
  const matcher = matcherOf(services, "hma", clock);
  const expected = { csam: "match", intimate: "ncii", spam: "listed", new: "listed" } as const;
  for (const [bank, verdict] of Object.entries(expected)) {
    services.know(picture(bank), "exact", bank);
    clock.advance(1000);
    const finding = await matcher.match(subjectOf(picture(bank), png), signal);
    assert.equal(finding.verdict, verdict, bank);
    assert.equal(finding.match !== undefined, verdict === "match", "nothing for a report");
    assert.ok(finding.answer.includes(`BANK_${bank.toUpperCase()}`), "moderators see the bank");
  }
});

Deno.test("SC-9: hits in several banks count as the gravest, and a report names only banks of abuse material", async () => {
  const hit = (id: number) => [{ bank_content_id: id, distance: "2" }];
  const cases = [
    [["BANK_NEW", "BANK_INTIMATE"], "ncii", undefined],
    [["BANK_SPAM", "BANK_NEW"], "listed", undefined],
    [["BANK_SPAM", "BANK_INTIMATE", "BANK_CSAM"], "match", "BANK_CSAM"],
  ] as const;
  for (const [found, verdict, classification] of cases) {
    await using services = new CsamServices();
    services.instead = json({ pdq: Object.fromEntries(found.map((bank, at) => [bank, hit(at)])) });
    const finding = await matcherOf(services, "hma").match(subjectOf(picture("several"), png), signal);
    assert.equal(finding.verdict, verdict, found.join());
    assert.equal(finding.match?.classification, classification);
  }
});

Deno.test("SC-9: harmful material of Arachnid Shield is held, and is abuse material only for an operator who says so", async () => {
  await using services = new CsamServices();
  services.know(picture("harmful"), "exact", "harmful-abusive-material");
  const ask = (banks: CsamSettings["banks"]) =>
    openCsam({ ...settingsOf("arachnid", services.base("arachnid")), banks }, { clock: new FakeClock() })
      .match(subjectOf(picture("harmful"), png), signal);
  assert.equal((await ask(new Map())).verdict, "listed");
  const mapped = await ask(new Map([["harmful-abusive-material", "csam"]]));
  assert.equal(mapped.verdict, "match");
  assert.equal(mapped.match?.classification, "harmful-abusive-material");
});

Deno.test("SC-3: what each service is sent is what its contract has", async () => {
  await using services = new CsamServices();
  const clock = new FakeClock();
  const bytes = picture("sent");
  const type = "image/png";
  for (const service of names) {
    await matcherOf(services, service, clock).match(subjectOf(bytes, type), signal);
  }
  const [arachnid, hma, photodna] = services.asked as [Asked, Asked, Asked];
  assert.equal(arachnid.path, "/arachnid/v1/media/");
  assert.equal(arachnid.headers.get("content-type"), type);
  assert.equal(arachnid.headers.get("content-length"), String(bytes.length));
  assert.deepEqual([hma.path, hma.query, hma.field], ["/hma/m/lookup", "?bypass_coinflip=true", "photo"]);
  assert.deepEqual([photodna.path, photodna.query], ["/photodna/photodna/v1.0/Match", "?enhance=false"]);
  for (const { bytes: came } of services.asked) assert.deepEqual(came, bytes);
});

const json = (body: unknown, status = 200) => () => Response.json(body, { status });
const arachnidAnswer = (more: Record<string, unknown>) => ({ bytes }: Asked) =>
  Response.json({
    sha1_base32: "A".repeat(32),
    sha256_hex: new Uint8Array(sha256(bytes)).toHex(),
    size_bytes: bytes.length,
    classification: "no-known-match",
    match_type: null,
    near_match_details: [],
    ...more,
  });
const photodna = (more: Record<string, unknown>) => json({ ...photodnaAnswer(3000, false), ...more });

/** Answers that each service's contract has no place for, or that say something else than "no match". */
const strange: Record<Name, Record<string, (asked: Asked) => Response>> = {
  arachnid: {
    "an unknown classification": arachnidAnswer({ classification: "something-new" }),
    "a null classification": arachnidAnswer({ classification: null }),
    "no classification": arachnidAnswer({ classification: undefined }),
    "no match with a kind of match": arachnidAnswer({ match_type: "near" }),
    "no match with near ones": arachnidAnswer({
      near_match_details: [{ sha1_base32: "B", classification: "something-new" }],
    }),
    "an unknown kind of match": arachnidAnswer({ match_type: "odd" }),
    "another file": arachnidAnswer({ sha256_hex: "0".repeat(64) }),
  },
  hma: {
    "no kind of hash": json({}),
    "a list": json([]),
    "null": json({ pdq: null }),
    "an empty bank": json({ pdq: { BANK: [] } }),
    "a strange bank": json({ pdq: { BANK: [{}] } }),
    "a text": json("no match"),
  },
  photodna: {
    "3002": json(photodnaAnswer(3002, false)),
    "3004": json(photodnaAnswer(3004, false)),
    "3206": json(photodnaAnswer(3206, false)),
    "an unknown code": json(photodnaAnswer(3999, false)),
    "no status": photodna({ Status: null }),
    "the code as a text": photodna({ Status: { Code: "3000" } }),
    "no IsMatch": photodna({ IsMatch: undefined }),
    "a null IsMatch": photodna({ IsMatch: null }),
    "no match with flags": photodna({ MatchDetails: { MatchFlags: [{ Source: "Test" }] } }),
  },
};

forEach("SC-2: nothing but an explicit no-match is clean", async (service, services) => {
  const clock = new FakeClock();
  const problem = (status: number) => json({ detail: `no: ${credentials.secret}`, message: "no" }, status);
  const cases: Record<string, (asked: Asked, request: Request) => Response> = {
    ...strange[service],
    ...Object.fromEntries([201, 204, 400, 401, 403, 404, 415, 422, 429, 500, 502, 503].map((status) => [
      `status ${status}`,
      status === 204 ? () => new Response(null, { status }) : problem(status),
    ])),
    "an empty body": () => new Response(""),
    "an empty body as JSON": () => new Response("", { headers: { "content-type": "application/json" } }),
    "wrong JSON": () => new Response("{", { headers: { "content-type": "application/json" } }),
    "a page": () => new Response("<html>", { headers: { "content-type": "text/html" } }),
    "a null": json(null),
    "a redirect": () => new Response(null, { status: 302, headers: { location: services.base("hma") } }),
    "a redirect with a body": () => Response.json({ pdq: {} }, { status: 307, headers: { location: "/" } }),
    "an endless body": () =>
      new Response(
        new ReadableStream({
          pull: (controller) => controller.enqueue(new Uint8Array(64 * 1024).fill(0x20)),
        }),
        { headers: { "content-type": "application/json" } },
      ),
  };
  for (const [what, answer] of Object.entries(cases)) {
    services.instead = answer;
    const matcher = matcherOf(services, service, clock);
    clock.advance(1000);
    const finding = await matcher.match(subjectOf(picture(what), png), signal);
    assert.equal(finding.verdict, "error", `${what}: ${finding.answer}`);
    assert.ok(finding.answer.length > 5 && finding.answer.length <= 500, what);
    assertSafe(finding, what);
  }
  services.instead = problem(413);
  const large = await matcherOf(services, service, clock).match(subjectOf(picture("large"), png), signal);
  assert.equal(large.verdict, "incomplete");
  assertSafe(large, "413");
  const asked = services.asked.length;
  services.instead = null;
  assert.equal(services.asked.length, asked, "a redirect was followed");
  // The right content type counts for the right answer too.
  services.instead = ({ bytes }) => {
    const body = service === "arachnid" ? {} : service === "hma" ? { pdq: {} } : photodnaAnswer(3000, false);
    assert.ok(bytes.length > 0);
    return new Response(JSON.stringify(body), { headers: { "content-type": "text/plain" } });
  };
  clock.advance(1000);
  const plain = await matcherOf(services, service, clock).match(subjectOf(picture("plain"), png), signal);
  assert.equal(plain.verdict, "error");
});

function sha256(bytes: Uint8Array): ArrayBuffer {
  return Uint8Array.from(createHash("sha256").update(bytes).digest()).buffer;
}
