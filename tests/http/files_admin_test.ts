import assert from "node:assert/strict";
import type { AdminFile, Verdict } from "../../lib/protocol/mod.ts";
import { AppRig } from "../fakes/app_rig.ts";

/** Two held files and a rejected one of bob's, by their hashes; ann has the role. */
async function staffed(role: "member" | "moderator" | "admin") {
  const app = await AppRig.start();
  await app.setRole("ann", role);
  const upload = async (state: "held" | "rejected") => (await app.file("bob", { state })).sha256;
  const held = [await upload("held"), await upload("held")].sort() as [string, string];
  await upload("rejected");
  const { send } = app;
  const call = async (path: string, body?: unknown) => {
    const response = await send(`/api/v1/admin/files${path}`, {
      headers: {
        cookie: app.cookieOf("ann"),
        "content-type": "application/json",
        "sec-fetch-site": "same-origin",
      },
      ...(body === undefined ? {} : { method: "POST", body: JSON.stringify(body) }),
    });
    return { status: response.status, body: await response.json() };
  };
  return { app, call, held, send, [Symbol.asyncDispose]: () => app[Symbol.asyncDispose]() };
}

const unknown = "d".repeat(64);

Deno.test("MO-4, MO-5: moderators list files by state, page by page", async () => {
  for (const role of ["moderator", "admin"] as const) {
    await using at = await staffed(role);
    const { call, held: [first, second] } = at;
    const held = await call("?state=held&limit=1");
    assert.equal(held.status, 200);
    assert.deepEqual(held.body.files.map(({ sha256 }: AdminFile) => sha256), [first]);
    assert.equal(held.body.next, first);
    const rest = await call(`?state=held&after=${held.body.next}`);
    assert.deepEqual(rest.body.files.map(({ sha256 }: AdminFile) => sha256), [second]);
    assert.equal((await call("")).body.files.length, 3);
    for (const query of ["?state=clean", "?after=x", "?limit=0", "?other=1"]) {
      assert.equal((await call(query)).status, 400, query);
    }
  }
});

Deno.test("MO-5, SC-2: a moderator releases or rejects what is held, with a reason, once", async () => {
  await using at = await staffed("moderator");
  const { call, held: [first, second] } = at;
  const path = `/${first}`;
  assert.equal((await call(path)).body.file.state, "held");
  for (
    const body of [{}, { release: true }, { release: true, reason: "" }, { release: "yes", reason: "x" }]
  ) {
    assert.equal((await call(`${path}/decision`, body)).status, 400);
  }
  const released = await call(`${path}/decision`, { release: true, reason: "An encrypted tax form." });
  assert.equal(released.status, 200);
  assert.equal(released.body.file.state, "clean");
  const { answer } = released.body.file.verdicts.find(({ check }: Verdict) => check === "moderator");
  assert.equal(answer, "An encrypted tax form.");
  assert.equal((await call(`${path}/decision`, { release: false, reason: "x" })).status, 409);
  const rejected = await call(`/${second}/decision`, { release: false, reason: "Not wanted." });
  assert.equal(rejected.body.file.state, "rejected");
  for (const id of [unknown, first.toUpperCase(), "x", "..%2f"]) {
    assert.equal((await call(`/${id}`)).status, 404);
    assert.equal((await call(`/${id}/decision`, { release: true, reason: "x" })).status, 404);
  }
});

Deno.test("MO-4: for everybody else there is nothing at these addresses", async () => {
  await using at = await staffed("member");
  const { app, call, held: [first], send } = at;
  const paths = ["", "?state=nonsense", `/${first}`, `/${first}/decision`, `/${unknown}`];
  for (const path of paths) {
    for (const body of path.endsWith("decision") ? [{ release: true, reason: "x" }, {}] : [undefined]) {
      const asked = await call(path, body);
      assert.equal(asked.status, 404, path);
      assert.equal(asked.body.detail, "There is nothing at this address.");
    }
  }
  assert.equal((await send("/api/v1/admin/files")).status, 404);
  const file = await app.services.adminFiles.get(await app.caller("root"), first);
  assert.equal("state" in file && file.state, "held");
});
