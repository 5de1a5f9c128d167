import assert from "node:assert/strict";
import fc from "fast-check";
import { boundaryOf, type FormPart, readParts } from "../../lib/web/files/multipart.ts";
import { english, limits } from "../../lib/protocol/mod.ts";
import { cpuMs } from "../fakes/cpu_time.ts";
import { settle } from "../fakes/clock.ts";
import {
  boundary,
  chunked,
  fieldPart,
  filePart,
  formOf,
  joined,
  type WrittenPart,
} from "../fakes/form_bodies.ts";

interface ReadForm {
  parts: { part: FormPart; bytes: Uint8Array<ArrayBuffer> }[];
  /** Why it could not be read on; null for a whole form. */
  refused: string | null;
}

async function read(body: ReadableStream<Uint8Array>, under = boundary): Promise<ReadForm> {
  const found: { part: FormPart; chunks: Uint8Array[] }[] = [];
  let refused: string | null = null;
  for await (const event of readParts(body, under)) {
    assert.equal(refused, null, "nothing comes behind a refusal");
    switch (event.kind) {
      case "part":
        found.push({ part: event.part, chunks: [] });
        break;
      case "data":
        assert.ok(event.bytes.length > 0, "no empty chunks");
        found.at(-1)!.chunks.push(event.bytes.slice());
        break;
      case "refused":
        refused = english(event.refusal.message);
        break;
      default:
        event satisfies never;
    }
  }
  return { parts: found.map(({ part, chunks }) => ({ part, bytes: joined(chunks) })), refused };
}

const readForm = (parts: readonly WrittenPart[], end?: string) =>
  read(chunked(formOf(parts, end), [1_000_000]));

/** What one part's `Content-Disposition` says. */
async function headOf(disposition: string): Promise<FormPart | string> {
  const { parts, refused } = await readForm([{ disposition, body: "x" }]);
  return refused ?? parts[0]!.part;
}

/** Bytes in which line ends, dashes and pieces of the boundary are frequent. */
const tricky = fc.array(
  fc.oneof(
    fc.uint8Array({ maxLength: 20 }),
    fc.constantFrom(
      "\r",
      "\n",
      "\r\n",
      "--",
      "\r\n--",
      `--${boundary}`,
      `\r\n--${boundary.slice(0, -1)}`,
      `\n--${boundary}`,
      `\r\r\n--${boundary.slice(0, 9)}`,
      `\r\n-${boundary}--\r\n`,
    ),
  ),
  { maxLength: 12 },
).map(joined);

const written = fc.record({
  name: fc.stringMatching(/^[a-z]{1,8}$/),
  filename: fc.option(fc.string({ unit: "binary", maxLength: 40 }).map((text) => text.toWellFormed())),
  body: tricky,
});

/** As browsers escape them. */
const escaped = (text: string) => text.replaceAll('"', "%22").replaceAll("\r", "%0D").replaceAll("\n", "%0A");

Deno.test("FI-1: a form comes out as it went in, however the body is cut into chunks", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(written, { minLength: 1, maxLength: 5 }),
      fc.array(fc.integer({ min: 1, max: 70 }), { minLength: 1, maxLength: 8 }),
      async (fields, lengths) => {
        const delimiter = joined([`\r\n--${boundary}`]);
        fc.pre(fields.every(({ body }) => !includes(joined(["\r\n", body]), delimiter)));
        // What a backslash before a quote means is another test's; a literal %22 cannot be told from a quote.
        fc.pre(fields.every(({ filename }) => !/\\|%(?:22|0D|0A)/i.test(filename ?? "")));
        const form = formOf(fields.map(({ name, filename, body }) => ({
          disposition: `form-data; name="${name}"` +
            (filename === null ? "" : `; filename="${escaped(filename)}"`),
          body,
        })));
        assert.deepEqual(await read(chunked(form, lengths)), {
          parts: fields.map(({ name, filename, body }) => ({ part: { name, filename }, bytes: body })),
          refused: null,
        });
      },
    ),
    { numRuns: 300 },
  );
});

function includes(bytes: Uint8Array, mark: Uint8Array): boolean {
  return new TextDecoder("latin1").decode(bytes).includes(new TextDecoder("latin1").decode(mark));
}

Deno.test("FI-1: a form that is cut anywhere before its end is refused, and says no more than what came", async () => {
  const form = formOf([fieldPart("note", "hello"), filePart("some bytes\r\n--"), fieldPart("more")]);
  const whole = (await read(chunked(form, [7]))).parts;
  for (let length = 0; length < form.length - 2; length++) {
    for (const fails of [true, false]) {
      const { parts, refused } = await read(chunked(form.slice(0, length), [13], { fails }));
      assert.match(refused ?? `nothing, cut at ${length}`, /incomplete/);
      assert.ok(parts.length <= whole.length);
      for (const [place, { part, bytes }] of parts.entries()) {
        assert.deepEqual(part, whole[place]!.part);
        assert.deepEqual(bytes, whole[place]!.bytes.slice(0, bytes.length));
      }
    }
  }
});

Deno.test("FI-1: a connection that breaks behind the last boundary is a form that stopped", async () => {
  const { refused } = await read(chunked(formOf([filePart("x")]), [1000], { fails: true }));
  assert.match(refused ?? "nothing", /incomplete/);
});

Deno.test("FI-1: bodies that are no form are refused", async () => {
  const noForm: [string, string, RegExp][] = [
    ["nothing", "", /incomplete/],
    ["text", "hello", /incomplete/],
    [
      "another boundary",
      "--other\r\nContent-Disposition: form-data; name=a\r\n\r\nx\r\n--other--\r\n",
      /incomplete/,
    ],
    ["a long text", "x".repeat(limits.formFieldBytes + 100), /does not start/],
    ["a boundary with more on its line", `--${boundary}more\r\n\r\n`, /broken/],
    ["a boundary with half a line end", `--${boundary}\rx`, /broken/],
    ["something behind the end", `--${boundary}--${"x".repeat(limits.formFieldBytes * 2)}`, /after the end/],
  ];
  for (const [what, body, why] of noForm) {
    const { parts, refused } = await read(chunked(joined([body]), [1000]));
    assert.deepEqual(parts, [], what);
    assert.match(refused ?? `${what} is taken`, why);
  }
});

Deno.test("FI-1: a form without parts is whole; what stands before and behind it is left", async () => {
  const body = joined(["a preamble", `\r\n--${boundary}--`, "\r\nan epilogue"]);
  assert.deepEqual(await read(chunked(body, [3])), { parts: [], refused: null });
});

Deno.test("FI-1: heads that are too long, unreadable or unclear are refused, not passed over", async () => {
  const good = 'form-data; name="a"';
  const heads: [string, WrittenPart, RegExp][] = [
    ["no disposition", { disposition: null, body: "x", headers: ["X: y"] }, /field name/],
    ["no header at all", { disposition: null, body: "x" }, /field name/],
    [
      "two dispositions",
      { disposition: good, body: "x", headers: [`Content-Disposition: ${good}`] },
      /field name/,
    ],
    ["a long head", {
      disposition: good,
      body: "x",
      headers: [`X: ${"y".repeat(limits.formFieldBytes)}`],
    }, /too long/],
    ["a folded line", { disposition: good, body: "x", headers: ["X: y", " z"] }, /cannot be read/],
    ["a line feed alone", { disposition: 'form-data; name="a\nb"', body: "x" }, /cannot be read/],
    ["no colon", { disposition: good, body: "x", headers: ["nonsense"] }, /cannot be read/],
    ["encoded bytes", {
      disposition: good,
      body: "aGk=",
      headers: ["Content-Transfer-Encoding: base64"],
    }, /unencoded/],
  ];
  for (const [what, part, why] of heads) {
    const { parts, refused } = await readForm([part]);
    assert.deepEqual(parts, [], what);
    assert.match(refused ?? `${what} is taken`, why);
  }
  const latin1 = joined([
    `--${boundary}\r\nContent-Disposition: form-data; name="`,
    new Uint8Array([0xe4]),
    '"\r\n\r\n',
  ]);
  assert.match((await read(chunked(latin1, [1000]))).refused ?? "is taken", /UTF-8/);
});

Deno.test("FI-1: dispositions that do not say one field are refused", async () => {
  const unclear = [
    "form-data",
    'attachment; name="a"',
    'form-data; filename="a"',
    'form-data; name="a"; name="b"',
    'form-data; name="a"; filename="b"; FILENAME="c"',
    'form-data; name="a',
    'form-data; name="a" filename="b"',
    'form-data; name="a"; filename=',
    'form-data; name="a";',
  ];
  for (const disposition of unclear) {
    assert.match(String(await headOf(disposition)), /field name/, disposition);
  }
});

Deno.test("FI-8: a file's name is what browsers and other clients mean by it", async () => {
  const names: [string, string][] = [
    ["plain.txt", "plain.txt"],
    ["ünï 🐟 كتاب.txt", "ünï 🐟 كتاب.txt"],
    ["say %22hi%22.txt", 'say "hi".txt'],
    ["two%0D%0Alines", "two\r\nlines"],
    ["100%25 %C3%A4.txt", "100%25 %C3%A4.txt"],
    ['say \\"hi\\".txt', 'say "hi".txt'],
    ["C:\\temp\\x.txt", "C:\\temp\\x.txt"],
    ["back\\\\slash", "back\\slash"],
    ["../../etc/passwd", "../../etc/passwd"],
    ["\ufeffmark", "\ufeffmark"],
    ["two\u2028lines", "two\u2028lines"],
    ["", ""],
  ];
  for (const [sent, meant] of names) {
    assert.deepEqual(await headOf(`form-data; name="file"; filename="${sent}"`), {
      name: "file",
      filename: meant,
    });
  }
});

Deno.test("FI-8: filename* does not count in forms, alone or beside filename", async () => {
  assert.deepEqual(await headOf("form-data; name=file; filename=a.txt; filename*=UTF-8''b.txt"), {
    name: "file",
    filename: "a.txt",
  });
  assert.deepEqual(await headOf("form-data; name=file; filename*=UTF-8''b.txt"), {
    name: "file",
    filename: null,
  });
});

Deno.test("FI-1: names in heads take linear time, whatever stands in them", async () => {
  const startedAt = cpuMs();
  for (const text of ["\\".repeat(16_000), '\\"'.repeat(8000), '";'.repeat(8000)]) {
    await headOf(`form-data; name="file"; filename="${text}`);
  }
  assert.ok(cpuMs() - startedAt < 1000);
});

Deno.test("FI-1: whoever reads slowly slows the body down, and at most one chunk is held", async () => {
  const content = new Uint8Array(1024 * 1024).fill(0x61);
  const form = formOf([filePart(content)]);
  let taken = 0;
  const body = chunked(form, [64 * 1024], { took: (length) => taken += length });
  const events = readParts(body, boundary);
  await events.next();
  let given = 0;
  for (let next = await events.next(); !next.done; next = await events.next()) {
    assert.equal(next.value.kind, "data");
    if (next.value.kind === "data") given += next.value.bytes.length;
    // Everything that can happen without this reader happens now.
    await settle();
    assert.ok(taken - given <= 2 * 64 * 1024, `${taken - given} bytes were read ahead`);
  }
  assert.equal(given, content.length);
});

Deno.test("FI-1: a body that nobody reads on is cancelled", async () => {
  const cancelled = Promise.withResolvers<void>();
  const body = new ReadableStream<Uint8Array>({
    pull: (controller) => controller.enqueue(formOf([filePart("x".repeat(1000))], "")),
    cancel: () => cancelled.resolve(),
  });
  const events = readParts(body, boundary);
  await events.next();
  await events.return(undefined);
  await cancelled.promise;
});

Deno.test("FI-1: the boundary is what the Content-Type names, or there is none", () => {
  const types: [string, string | null][] = [
    ["multipart/form-data; boundary=abc", "abc"],
    ["Multipart/Form-Data;boundary=abc; charset=utf-8", "abc"],
    ['multipart/form-data; charset=utf-8; BOUNDARY="a b=c"', "a b=c"],
    [`multipart/form-data; boundary=${"x".repeat(70)}`, "x".repeat(70)],
    [`multipart/form-data; boundary=${"x".repeat(71)}`, null],
    ["multipart/form-data", null],
    ["multipart/form-data; boundary=", null],
    ['multipart/form-data; boundary=""', null],
    ['multipart/form-data; boundary="ends with a space "', null],
    ["multipart/form-data; boundary=a\u00e4", null],
    ["multipart/mixed; boundary=abc", null],
    ["multipart/form-data-not; boundary=abc", null],
  ];
  for (const [type, expected] of types) assert.equal(boundaryOf(type), expected, type);
});
