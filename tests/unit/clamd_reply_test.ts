import assert from "node:assert/strict";
import { judge, type Reply } from "../../lib/adapters/clamd/reply.ts";
import { Slots } from "../../lib/adapters/clamd/slots.ts";
import { limits } from "../../lib/protocol/mod.ts";
import { settle } from "../fakes/clock.ts";

function verdict(text: string, end: Reply["end"] = "closed", allSent = true): string {
  return judge({ bytes: new TextEncoder().encode(text), end }, allSent).verdict;
}

Deno.test("SC-2: only one exact `stream: OK` to everything that was sent is clean", () => {
  assert.equal(verdict("stream: OK\0"), "clean");
  assert.equal(verdict("stream: OK\0", "reset"), "clean");
  assert.equal(verdict("stream: OK\0", "closed", false), "error");
  for (
    const text of [
      "",
      "\0",
      "stream: OK",
      "stream: OK\n",
      "stream: OK\r\n\0",
      "stream: OK\0\0",
      "stream: OK\0stream: OK\0",
      "stream: OK\0stream: Worm FOUND\0",
      "stream: ok\0",
      " stream: OK\0",
      "stream:  OK\0",
      "stream: OK \0",
      "1: stream: OK\0",
      "/tmp/x: OK\0",
      "stream: \u00a0OK\0",
      "PONG\0",
      "stream: FOUND\0",
      "stream:  FOUND\0",
      "COMMAND READ TIMED OUT\n",
      "UNKNOWN COMMAND\0",
      "stream: Can't allocate memory ERROR\0",
      "INSTREAM size limit exceeded. ERROR",
    ]
  ) assert.equal(verdict(text), "error", JSON.stringify(text));
  assert.equal(verdict("stream: OK\0", "too_long"), "error");
});

Deno.test("SC-2: names of limits and of encrypted content are incomplete, all others infected", () => {
  for (
    const name of [
      "Heuristics.Limits.Exceeded.MaxFileSize",
      "Heuristics.Limits.Exceeded.MaxRecursion",
      "Heuristics.Encrypted.Zip",
      "Heuristics.Encrypted.7Zip",
      "Behest.Unread.Zstd.UNOFFICIAL",
    ]
  ) assert.equal(verdict(`stream: ${name} FOUND\0`), "incomplete", name);
  for (
    const name of [
      "Eicar-Test-Signature",
      "Heuristics.Phishing.Email.SpoofedDomain",
      "Heuristics.LimitsExceeded",
      "X.Heuristics.Limits.Exceeded",
      "name with spaces",
      "OK",
    ]
  ) assert.equal(verdict(`stream: ${name} FOUND\0`), "infected", name);
  assert.equal(verdict("stream: Worm FOUND\0", "closed", false), "infected");
  assert.equal(verdict("INSTREAM size limit exceeded. ERROR\0", "reset", false), "incomplete");
});

Deno.test("SC-4: an answer is kept shortened, and what is none is shown without its control characters", () => {
  const long = judge(
    { bytes: new TextEncoder().encode(`stream: ${"x".repeat(2000)} FOUND\0`), end: "closed" },
    true,
  );
  assert.equal(long.verdict, "infected");
  assert.equal(long.answer.length, limits.scanAnswer);
  const strange = judge({ bytes: Uint8Array.of(0x1b, 0x5b, 0x41, 0x0a), end: "closed" }, true);
  assert.equal(strange.answer, 'Not an answer: ".[A."');
});

Deno.test("SC-1: slots are given in order, to no more than there are, and one that gave up has none", async () => {
  const slots = new Slots(1);
  const { signal } = new AbortController();
  const first = await slots.take(signal);
  const order: string[] = [];
  const leaving = new AbortController();
  const left = slots.take(leaving.signal).then(() => order.push("left"), () => order.push("gave up"));
  const second = slots.take(signal).then((slot) => {
    order.push("second");
    return slot;
  });
  await settle();
  assert.deepEqual(order, []);
  leaving.abort();
  await left;
  assert.deepEqual(order, ["gave up"]);
  first[Symbol.dispose]();
  first[Symbol.dispose]();
  (await second)[Symbol.dispose]();
  assert.deepEqual(order, ["gave up", "second"]);
  // Called and called off at once: the slot is not lost, and nobody else's turn is.
  const third = await slots.take(signal);
  const both = new AbortController();
  const fourth = slots.take(both.signal);
  const fifth = slots.take(signal);
  third[Symbol.dispose]();
  both.abort();
  (await fourth)[Symbol.dispose]();
  (await fifth)[Symbol.dispose]();
  await assert.rejects(slots.take(both.signal), /cancelled/);
});
