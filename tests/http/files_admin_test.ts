import assert from "node:assert/strict";
import type { AdminFile } from "../../lib/protocol/mod.ts";
import { site } from "../fakes/pages.ts";
import { fakeServices } from "../fakes/services.ts";

const hash = (digit: string) => digit.repeat(64);

const blob = (over: Partial<AdminFile>): AdminFile => ({
  sha256: hash("a"),
  size: 5,
  type: "image/png",
  state: "held",
  createdAt: "2026-01-01T00:00:00.000Z",
  verdicts: [],
  uploads: [],
  attempts: 1,
  nextAttemptAt: null,
  quarantinedUntil: null,
  ...over,
});

async function staffed(role: "member" | "moderator" | "admin") {
  const fake = fakeServices();
  const cookie = fake.cookieOf("ann");
  fake.world.people.get("ann")!.user.role = role;
  fake.world.adminFiles.push(
    blob({ sha256: hash("a") }),
    blob({ sha256: hash("b"), state: "rejected" }),
    blob({ sha256: hash("c") }),
  );
  const send = await site(fake);
  const call = async (path: string, body?: unknown) => {
    const response = await send(`/api/v1/admin/files${path}`, {
      headers: { cookie, "content-type": "application/json", "sec-fetch-site": "same-origin" },
      ...(body === undefined ? {} : { method: "POST", body: JSON.stringify(body) }),
    });
    return { status: response.status, body: await response.json() };
  };
  return { fake, call, send };
}

Deno.test("MO-4, MO-5: moderators list files by state, page by page", async () => {
  for (const role of ["moderator", "admin"] as const) {
    const { call } = await staffed(role);
    const held = await call("?state=held&limit=1");
    assert.equal(held.status, 200);
    assert.deepEqual(held.body.files.map(({ sha256 }: AdminFile) => sha256), [hash("a")]);
    assert.equal(held.body.next, hash("a"));
    const rest = await call(`?state=held&after=${held.body.next}`);
    assert.deepEqual(rest.body.files.map(({ sha256 }: AdminFile) => sha256), [hash("c")]);
    assert.equal((await call("")).body.files.length, 3);
    for (const query of ["?state=clean", "?after=x", "?limit=0", "?other=1"]) {
      assert.equal((await call(query)).status, 400, query);
    }
  }
});

Deno.test("MO-5, SC-2: a moderator releases or rejects what is held, with a reason, once", async () => {
  const { call } = await staffed("moderator");
  const path = `/${hash("a")}`;
  assert.equal((await call(path)).body.file.state, "held");
  for (
    const body of [{}, { release: true }, { release: true, reason: "" }, { release: "yes", reason: "x" }]
  ) {
    assert.equal((await call(`${path}/decision`, body)).status, 400);
  }
  const released = await call(`${path}/decision`, { release: true, reason: "An encrypted tax form." });
  assert.equal(released.status, 200);
  assert.equal(released.body.file.state, "clean");
  assert.equal(released.body.file.verdicts[0].answer, "An encrypted tax form.");
  assert.equal((await call(`${path}/decision`, { release: false, reason: "x" })).status, 409);
  const rejected = await call(`/${hash("c")}/decision`, { release: false, reason: "Not wanted." });
  assert.equal(rejected.body.file.state, "rejected");
  for (const unknown of [hash("d"), hash("a").toUpperCase(), "x", "..%2f"]) {
    assert.equal((await call(`/${unknown}`)).status, 404);
    assert.equal((await call(`/${unknown}/decision`, { release: true, reason: "x" })).status, 404);
  }
});

Deno.test("MO-4: for everybody else there is nothing at these addresses", async () => {
  const { call, send, fake } = await staffed("member");
  const paths = ["", "?state=nonsense", `/${hash("a")}`, `/${hash("a")}/decision`, `/${hash("d")}`];
  for (const path of paths) {
    for (const body of path.endsWith("decision") ? [{ release: true, reason: "x" }, {}] : [undefined]) {
      const asked = await call(path, body);
      assert.equal(asked.status, 404, path);
      assert.equal(asked.body.detail, "There is nothing at this address.");
    }
  }
  assert.equal((await send("/api/v1/admin/files")).status, 404);
  assert.equal(fake.world.adminFiles[0]!.state, "held");
});
