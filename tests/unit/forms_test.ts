import assert from "node:assert/strict";
import { z } from "zod";
import { nameList, problemOf, readForm, timeField } from "../../lib/web/forms/form.ts";
import { localPath } from "../../lib/web/pages.ts";
import { checked, limits, Refusal, say } from "../../lib/protocol/mod.ts";

const post = (body: BodyInit, headers: Record<string, string> = {}) =>
  new Request("http://127.0.0.1/", { method: "POST", body, headers });

Deno.test("UI-1: a form is read as it was typed, in both of the encodings that browsers have", async () => {
  const text = "a&b=c\u{1f9e1}\r\n";
  const parts = new FormData();
  parts.set("text", text);
  parts.set("file", new Blob(["bytes"]), "name.txt");
  for (const body of [new URLSearchParams({ text }), parts]) {
    const form = await readForm(post(body));
    assert.ok(!(form instanceof Refusal));
    assert.equal(form.get("text"), text);
    assert.equal(form.get("file"), null);
  }
});

Deno.test("UI-1: what is no form, or too large a one, is refused", async () => {
  const kindOf = async (request: Request) => {
    const form = await readForm(request);
    return form instanceof Refusal ? form.kind : "read";
  };
  assert.equal(await kindOf(post("{}", { "content-type": "application/json" })), "invalid_params");
  assert.equal(
    await kindOf(post("--x", { "content-type": "multipart/form-data; boundary=x" })),
    "invalid_params",
  );
  const exact = new URLSearchParams({ a: "x".repeat(limits.restBodyBytes - 2) });
  assert.equal(await kindOf(post(exact)), "read");
  exact.set("a", `${exact.get("a")}x`);
  assert.equal(await kindOf(post(exact)), "too_large");
});

Deno.test("UI-1: every problem of a form is shown: beside its field, in a sentence", () => {
  const schema = z.strictObject({ audience: z.object({ to: z.array(z.string().min(3)) }) });
  const refusal = checked(schema, { audience: { to: ["ab", "abc"] } });
  assert.ok(refusal instanceof Refusal);
  assert.deepEqual(refusal.detail.fields, { "audience.to.0": say("field.short", { count: 3 }) });
  assert.deepEqual(problemOf(refusal, "en", { audience: "to" }), {
    message: "Check the marked fields.",
    fields: { to: "Must be at least 3 characters." },
  });
});

Deno.test("CM-8: a typed time is read in the person's zone, also around a change of the clocks", () => {
  const read = (at: string, zone: string) => timeField(new URLSearchParams({ at }), "at", zone);
  assert.equal(read("2026-01-15T12:00", "UTC"), "2026-01-15T12:00:00.000Z");
  assert.equal(read("2026-01-15T12:00", "Europe/Berlin"), "2026-01-15T11:00:00.000Z");
  assert.equal(read("2026-03-29T01:30", "Europe/Berlin"), "2026-03-29T00:30:00.000Z");
  assert.equal(read("2026-03-29T03:30", "Europe/Berlin"), "2026-03-29T01:30:00.000Z");
  assert.equal(read("2026-07-01T00:15", "Asia/Kolkata"), "2026-06-30T18:45:00.000Z");
  assert.equal(read("2026-01-15T12:00", "Nowhere/Else"), "2026-01-15T12:00:00.000Z");
  assert.equal(read("soon", "UTC"), "soon");
  assert.equal(read("2026-13-45T12:00", "UTC"), "2026-13-45T12:00");
  assert.equal(read(" ", "UTC"), null);
});

Deno.test("UI-1: a way back is a path of this site and nothing else", () => {
  assert.equal(localPath("/send?to=bob&x=1#part"), "/send?to=bob&x=1");
  for (
    const path of [
      null,
      undefined,
      "",
      "send",
      "//x.example",
      "/\\x.example",
      "/\n/x.example",
      "/.//x.example",
    ]
  ) {
    assert.equal(localPath(path), "/", String(path));
  }
});

Deno.test("BR-1: names are parted by commas, spaces and lines, each taken once", () => {
  assert.deepEqual(nameList(" @ann, bob;carl\r\nann  "), ["ann", "bob", "carl"]);
  assert.deepEqual(nameList(" ,; "), []);
});
