import assert from "node:assert/strict";
import fc from "fast-check";
import { checked, commandDraft, limits, methods, readFrame, Refusal } from "../../lib/protocol/mod.ts";
import { id, jsonData, jsonDepth, line, text, time, username } from "../../lib/protocol/text.ts";

const takes = (schema: { safeParse(value: unknown): { success: boolean } }, value: unknown) =>
  schema.safeParse(value).success;

Deno.test("CM-2: text counts code points, whole ones only, and takes no NUL", () => {
  const field = text(3, 1);
  for (const good of ["a", "abc", "äöü", "👩‍🚀".slice(0, 2), "👍👍👍", "\n\t"]) {
    assert.equal(takes(field, good), true, JSON.stringify(good));
  }
  for (
    const bad of ["", "abcd", "👍👍👍👍", "a\0", "\ud83d", "\udc4da", "a\ud83db", 3, null, undefined, ["a"]]
  ) {
    assert.equal(takes(field, bad), false, JSON.stringify(bad));
  }
});

Deno.test("CM-2: a text is taken exactly when it is well formed, without NUL and within its length", () => {
  const field = text(5, 1);
  const unit = fc.oneof(
    fc.constantFrom("a", "é", "👍", "\0", "\ud83d", "\udc4d", "\n"),
    fc.string({ unit: "binary", maxLength: 2 }),
  );
  fc.assert(fc.property(fc.array(unit, { maxLength: 8 }), (units) => {
    const value = units.join("");
    const points = Array.from(value).length;
    const whole = !Array.from(value).some((point) => /^[\ud800-\udfff]$/.test(point));
    assert.equal(takes(field, value), whole && points >= 1 && points <= 5 && !value.includes("\0"));
  }));
});

Deno.test("CM-2: a title is one line without control characters of any alphabet", () => {
  const field = line(10);
  for (const good of ["", "one line", "مرحبا", "👍"]) assert.equal(takes(field, good), true, good);
  for (const code of [0, 1, 9, 10, 13, 0x1b, 0x7f, 0x85, 0x9f, 0x2028, 0x2029]) {
    assert.equal(takes(field, `a${String.fromCodePoint(code)}b`), false, code.toString(16));
  }
});

Deno.test("AU-1: a username is ASCII after lower-casing; nothing that only looks like it is taken", () => {
  assert.equal(username.parse("Demo-Ann_1"), "demo-ann_1");
  const lookalikes = [
    "аnn-cyrillic", // а of Cyrillic
    "\u212Aate", // the Kelvin sign, whose lower case is an ASCII k
    "\u0130da", // İ
    "ann\u200b",
    "ann\u0301",
    "ａｎｎ",
    "ann ",
    " ann",
    "ann\n",
    "ann\0",
    "-ann",
    "_ann",
    "an",
    "a".repeat(33),
    "ann.b",
    "",
  ];
  for (const name of lookalikes) assert.equal(takes(username, name), false, JSON.stringify(name));
});

Deno.test("AU-1: whatever is taken as a username is 3 to 32 ASCII characters", () => {
  fc.assert(fc.property(fc.string({ unit: "binary", maxLength: 40 }), (value) => {
    const parsed = username.safeParse(value);
    if (parsed.success) assert.match(parsed.data, /^[a-z0-9][a-z0-9_-]{2,31}$/);
  }));
});

Deno.test("CM-8: times are RFC 3339 with a zone and come out as UTC that compares as text", () => {
  assert.equal(time.parse("2026-01-31T18:00:00Z"), "2026-01-31T18:00:00.000Z");
  assert.equal(time.parse("2026-01-31T18:00:00+05:30"), "2026-01-31T12:30:00.000Z");
  assert.equal(time.parse("2024-02-29T00:00:00.1234567Z"), "2024-02-29T00:00:00.123Z");
  const bad = [
    "2026-01-31",
    "2026-01-31T18:00:00",
    "2026-02-29T00:00:00Z",
    "2026-01-31T24:00:00Z",
    "2026-01-31T23:59:60Z",
    "2026-13-01T00:00:00Z",
    "2026-01-31T18:00:00+24:00",
    "9999-12-31T23:59:59-23:59",
    "0000-01-01T00:00:00+00:01",
    "31.01.2026",
    "now",
    "",
    0,
  ];
  for (const value of bad) assert.equal(takes(time, value), false, String(value));
});

Deno.test("CM-2: data is a JSON object of at most 8 KiB of UTF-8", () => {
  const exactly = (bytes: number, filler: string) => {
    const rest = bytes - JSON.stringify({ a: "" }).length;
    return { a: filler.repeat(rest / new TextEncoder().encode(filler).length) };
  };
  assert.equal(takes(jsonData, exactly(limits.dataBytes, "x")), true);
  assert.equal(takes(jsonData, exactly(limits.dataBytes + 1, "x")), false);
  assert.equal(takes(jsonData, exactly(limits.dataBytes, "é")), true);
  assert.equal(takes(jsonData, exactly(limits.dataBytes + 2, "é")), false);
  for (const bad of [[], null, "a", 1, true, undefined]) assert.equal(takes(jsonData, bad), false);
});

Deno.test("CM-2: data has a bounded depth, and a deep one does not exhaust the stack", () => {
  const nested = (levels: number) => JSON.parse(`${'{"a":'.repeat(levels)}1${"}".repeat(levels)}`);
  assert.equal(takes(jsonData, nested(limits.dataDepth)), true);
  assert.equal(takes(jsonData, nested(limits.dataDepth + 1)), false);
  assert.equal(takes(jsonData, nested(10_000)), false);
  assert.equal(jsonDepth(nested(10), 100), 10);
});

Deno.test("CM-2: NUL and half surrogates are found anywhere in data, and written-out escapes are not mistaken for them", () => {
  const bad = [{ a: "\0" }, { "\0": 1 }, { a: ["\ud800"] }, { a: { "x\udfff": 1 } }, { a: "\\\0" }];
  for (const value of bad) assert.equal(takes(jsonData, value), false, JSON.stringify(value));
  const good = [{ a: "\\u0000" }, { a: "\\\\ud800" }, { a: "\\\\\\u0000" }, { a: "👍" }, { "\\u0000": 1 }];
  for (const value of good) assert.equal(takes(jsonData, value), true, JSON.stringify(value));
});

Deno.test("CM-2: data is taken exactly when all its texts are whole and without NUL", () => {
  const piece = fc.constantFrom("\\", "u0000", "ud800", "\0", "\ud800", "\udc00", "x", '"');
  const key = fc.array(piece, { maxLength: 6 }).map((pieces) => pieces.join(""));
  fc.assert(fc.property(key, key, (name, value) => {
    const whole = [name, value].every((one) => one.isWellFormed() && !one.includes("\0"));
    assert.equal(takes(jsonData, { [`k${name}`]: [value] }), whole);
  }));
});

Deno.test("WS-2: a call, a notification and a response are read as what they are", () => {
  assert.deepEqual(readFrame('{"jsonrpc":"2.0","id":1,"method":"heartbeat","params":{}}'), {
    kind: "request",
    request: { jsonrpc: "2.0", id: 1, method: "heartbeat", params: {} },
  });
  assert.deepEqual(readFrame('{"jsonrpc":"2.0","id":"a","method":"heartbeat"}'), {
    kind: "request",
    request: { jsonrpc: "2.0", id: "a", method: "heartbeat", params: {} },
  });
  assert.deepEqual(readFrame('{"jsonrpc":"2.0","method":"x","params":{"a":1}}'), {
    kind: "notification",
    notification: { jsonrpc: "2.0", method: "x", params: { a: 1 } },
  });
  assert.deepEqual(readFrame('{"jsonrpc":"2.0","id":1,"result":null}'), {
    kind: "response",
    response: { jsonrpc: "2.0", id: 1, result: null },
  });
  assert.deepEqual(readFrame('{"jsonrpc":"2.0","id":null,"error":{"code":-32700,"message":"no"}}'), {
    kind: "response",
    response: { jsonrpc: "2.0", id: null, error: { code: -32700, message: "no" } },
  });
});

Deno.test("WS-11: a request's id is any text of up to 64 characters, or a number that comes back as it was sent", () => {
  for (const id of ["", "a", "i".repeat(64), 0, -1, 1.5, 1e-7, 9007199254740991]) {
    const read = readFrame(JSON.stringify({ jsonrpc: "2.0", id, method: "heartbeat" }));
    assert.ok(read.kind === "request", String(id));
    assert.equal(read.request.id, id);
  }
});

Deno.test("WS-6: every broken form is told apart from a refused request, with the id where there is one", () => {
  const parse: string[] = ["", "{", "hello", "{'a':1}", '{"a":1}x', "\u0000", "[".repeat(10_000)];
  for (const frame of parse) assert.deepEqual(codeOf(frame), [-32700, null], frame.slice(0, 20));
  const invalid: [string, unknown][] = [
    ["[]", null],
    ['[{"jsonrpc":"2.0","id":1,"method":"heartbeat"}]', null],
    ["null", null],
    ["1", null],
    ['"text"', null],
    ["{}", null],
    ['{"id":7}', 7],
    ['{"jsonrpc":"1.0","id":7,"method":"heartbeat"}', 7],
    ['{"jsonrpc":2.0,"id":7,"method":"heartbeat"}', 7],
    ['{"jsonrpc":"2.0"}', null],
    ['{"jsonrpc":"2.0","id":7}', 7],
    ['{"jsonrpc":"2.0","id":7,"method":1}', 7],
    ['{"jsonrpc":"2.0","id":7,"method":"heartbeat","more":1}', 7],
    ['{"jsonrpc":"2.0","id":7,"method":"heartbeat","__proto__":1}', 7],
    ['{"jsonrpc":"2.0","id":7,"method":"heartbeat","params":[]}', 7],
    ['{"jsonrpc":"2.0","id":7,"method":"heartbeat","params":null}', 7],
    ['{"jsonrpc":"2.0","id":7,"method":"heartbeat","params":"a"}', 7],
    [`{"jsonrpc":"2.0","id":7,"method":"${"m".repeat(65)}"}`, 7],
    ['{"jsonrpc":"2.0","id":null,"method":"heartbeat"}', null],
    ['{"jsonrpc":"2.0","id":9007199254740992,"method":"heartbeat"}', null],
    [`{"jsonrpc":"2.0","id":"${"i".repeat(65)}","method":"heartbeat"}`, null],
    ['{"jsonrpc":"2.0","id":"\\ud800","method":"heartbeat"}', null],
    ['{"jsonrpc":"2.0","id":{},"method":"heartbeat"}', null],
    ['{"jsonrpc":"2.0","id":7,"result":1,"error":{"code":1,"message":"a"}}', 7],
    ['{"jsonrpc":"2.0","id":7,"error":{"code":"1","message":"a"}}', 7],
    ['{"jsonrpc":"2.0","id":null,"result":1}', null],
  ];
  for (const [frame, known] of invalid) assert.deepEqual(codeOf(frame), [-32600, known], frame);
});

function codeOf(frame: string): [number, unknown] {
  const read = readFrame(frame);
  assert.equal(read.kind, "broken", frame.slice(0, 80));
  return [read.code, read.id];
}

Deno.test("WS-6: 10,000 brackets are refused without exhausting the stack", () => {
  for (const [open, close] of [["[", "]"], ['{"a":', "}"]] as const) {
    const deep = `${open.repeat(10_000)}1${close.repeat(10_000)}`;
    assert.equal(codeOf(`{"jsonrpc":"2.0","id":1,"method":"x","params":{"a":${deep}}}`)[0], -32600);
  }
});

Deno.test("WS-6: no text makes the reader throw", () => {
  const member = fc.record({
    jsonrpc: fc.oneof(fc.constant("2.0"), fc.jsonValue()),
    id: fc.oneof(fc.integer(), fc.string(), fc.jsonValue()),
    method: fc.oneof(fc.string(), fc.jsonValue()),
    params: fc.oneof(fc.dictionary(fc.string(), fc.jsonValue()), fc.jsonValue()),
    result: fc.jsonValue(),
    error: fc.oneof(fc.record({ code: fc.integer(), message: fc.string() }), fc.jsonValue()),
  }, { requiredKeys: [] });
  const frame = fc.oneof(
    fc.string({ unit: "binary", maxLength: 200 }),
    fc.json(),
    member.map((value) => JSON.stringify(value)),
  );
  fc.assert(
    fc.property(frame, (value) => {
      const read = readFrame(value);
      if (read.kind === "request") {
        assert.equal(Object.getPrototypeOf(read.request.params), Object.prototype);
        assert.equal(["string", "number"].includes(typeof read.request.id), true);
      }
    }),
    { numRuns: 500 },
  );
});

const draft = { key: "k", audience: { kind: "user", to: ["demo-bob"] }, kind: "message" };

Deno.test("CM-1: the smallest command, and every field at its limit", () => {
  assert.equal(takes(commandDraft, draft), true);
  const file = "0".repeat(26);
  assert.equal(takes(id, file), true);
  const largest = {
    ...draft,
    key: "k".repeat(64),
    audience: { kind: "user", to: Array.from({ length: limits.recipients }, (_, at) => `person-${at}`) },
    title: "👍".repeat(120),
    body: "👍".repeat(4000),
    categories: ["a", "b", "c", "d", "e"],
    attachments: Array.from({ length: 10 }, () => file),
    deliverAt: null,
    dueAt: "2026-01-31T18:00:00Z",
    expiresAt: null,
    requires: "review",
  };
  assert.equal(takes(commandDraft, largest), true);
  const over: Record<string, unknown> = {
    key: "k".repeat(65),
    audience: { kind: "user", to: [...largest.audience.to, "one-more"] },
    title: "👍".repeat(121),
    body: "👍".repeat(4001),
    categories: ["a", "b", "c", "d", "e", "f"],
    attachments: [...largest.attachments, file],
    requires: "something",
  };
  for (const [name, value] of Object.entries(over)) {
    assert.equal(takes(commandDraft, { ...largest, [name]: value }), false, name);
  }
});

Deno.test("CM-2: wrong drafts are refused, an unknown field among them (WS-2)", () => {
  const wrong: Record<string, unknown>[] = [
    { key: "" },
    { key: "a\nb" },
    { key: undefined },
    { audience: { kind: "user", to: [] } },
    { audience: { kind: "user" } },
    { audience: { kind: "user", to: ["demo-bob"], group: "x" } },
    { audience: { kind: "everybody" } },
    { audience: { kind: "all", to: ["demo-bob"] } },
    { kind: "script" },
    { kind: "x-" },
    { kind: "x-UPPER" },
    { kind: "" },
    { title: "two\nlines" },
    { title: "nul\0" },
    { title: "half \ud800" },
    { body: "nul\0" },
    { body: "half \udc00" },
    { body: null },
    { categories: ["Upper"] },
    { categories: ["__proto__"] },
    { categories: "general" },
    { attachments: ["../../etc/passwd"] },
    { dueAt: "tomorrow" },
    { data: [] },
    { unknown: 1 },
    { from: "somebody" },
  ];
  for (const change of wrong) {
    assert.equal(takes(commandDraft, { ...draft, ...change }), false, JSON.stringify(change));
  }
  for (
    const change of [{ kind: "x-hug" }, { body: "a\nb\t" }, { categories: ["constructor"] }, { data: {} }]
  ) {
    assert.equal(takes(commandDraft, { ...draft, ...change }), true, JSON.stringify(change));
  }
});

Deno.test("CM-2: a link carries an absolute https address and nothing else", () => {
  const link = (href: unknown) => takes(commandDraft, { ...draft, kind: "link", data: { href } });
  for (const good of ["https://example.org", "HTTPS://example.org/a?b#c", "https://[::1]:8443/"]) {
    assert.equal(link(good), true, good);
  }
  const bad = [
    "http://example.org",
    "javascript:alert(1)",
    "data:text/html,x",
    "file:///etc/passwd",
    "//example.org",
    "/path",
    "https:example.org",
    "https:/example.org",
    "https:\\\\example.org",
    "https://",
    " https://example.org",
    "https://example.org ",
    "ht\ntps://example.org",
    "https://exa\nmple.org",
    "https://user:secret@example.org",
    "https://user@example.org",
    `https://example.org/${"a".repeat(2048)}`,
    "",
    7,
    null,
    undefined,
    ["https://example.org"],
  ];
  for (const href of bad) assert.equal(link(href), false, String(href));
  assert.equal(takes(commandDraft, { ...draft, kind: "link" }), false);
});

Deno.test("WS-2: a key that JavaScript would lose is refused in every record, not left out", () => {
  const odd = JSON.parse('{"general":"allow","__proto__":"allow"}');
  const to = { user: "ann" };
  for (
    const [method, params] of [
      ["preferences.set", { categories: odd }],
      ["grant.set", { to, categories: odd }],
    ] as const
  ) {
    const refused = checked(methods[method].params, params);
    assert.ok(refused instanceof Refusal, method);
    assert.deepEqual(refused.detail.fields, Object.fromEntries([["categories.__proto__", "field.unknown"]]));
    const { __proto__: _, ...plain } = odd;
    assert.equal(takes(methods[method].params, { ...params, categories: plain }), true);
  }
});

Deno.test("WS-2: every method refuses an unknown field", () => {
  for (const [name, { params }] of Object.entries(methods)) {
    const parsed = params.safeParse({ surelyUnknown: 1 });
    assert.equal(parsed.success, false, name);
    const named = parsed.error.issues.some((issue) => issue.code === "unrecognized_keys");
    assert.equal(named, true, name);
  }
});
