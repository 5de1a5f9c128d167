import assert from "node:assert/strict";
import { AccountWorld, must, png } from "../fakes/account_world.ts";
import type { WholePerson } from "../fakes/whole_server.ts";

const headers = { "content-type": "application/json" };

function setAvatar(world: AccountWorld, who: WholePerson, avatar: unknown) {
  return world.server.ask<{ profile?: { avatar: string | null }; kind?: string }>(who, "/profile", {
    method: "PATCH",
    headers,
    body: JSON.stringify({ avatar }),
  });
}

async function seen(world: AccountWorld, who: WholePerson): Promise<number> {
  const response = await world.server.fetch(who, "/avatars/ann");
  await response.body?.cancel();
  return response.status;
}

Deno.test("AU-8: a picture is an own clean picture, and nothing else", async () => {
  await using world = await AccountWorld.start();
  const { server, ann, bob } = world;
  const text = await world.cleanFile(ann, "me.png", "this is no picture");
  const svg = await world.cleanFile(ann, "me.svg", "<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>");
  const picture = await world.cleanFile(ann, "me.png", png());
  const bobs = await world.cleanFile(bob, "bob.png", new Uint8Array([...png(), 0]));
  for (
    const [avatar, status] of [[text.id, 400], [svg.id, 400], [bobs.id, 404], ["x", 400], [5, 400]] as const
  ) {
    assert.equal((await setAvatar(world, ann, avatar)).status, status, String(avatar));
  }
  assert.equal((await setAvatar(world, ann, "01JGFJJZ00000000000000000A")).status, 404);
  assert.equal((await setAvatar(world, ann, picture.id)).body.profile?.avatar, picture.id);
  const own = await server.fetch(ann, "/avatars/ann");
  assert.equal(own.headers.get("content-type"), "image/png");
  assert.equal(own.headers.get("x-content-type-options"), "nosniff");
  assert.match(own.headers.get("content-security-policy") ?? "", /^sandbox/);
  assert.ok(!own.headers.get("content-disposition")?.includes("me.png"));
  assert.deepEqual(new Uint8Array(await own.arrayBuffer()), png());
  const etag = own.headers.get("etag")!;
  const same = await server.fetch(ann, "/avatars/ann", { headers: { "if-none-match": etag } });
  assert.equal(same.status, 304);
});

Deno.test("AU-8: a picture is for contacts and people of a shared group, and for nobody else", async () => {
  await using world = await AccountWorld.start();
  const { server, ann, bob, root } = world;
  const { services } = server.open;
  const picture = await world.cleanFile(ann, "me.png", png());
  await setAvatar(world, ann, picture.id);
  assert.deepEqual([await seen(world, ann), await seen(world, bob), await seen(world, root)], [
    200,
    404,
    404,
  ]);
  const [annCaller, bobCaller] = [await world.caller(ann), await world.caller(bob)];
  must(await services.contacts.request(annCaller, { username: "bob" }));
  assert.equal(await seen(world, bob), 404, "a request is no contact");
  must(await services.contacts.accept(bobCaller, { username: "ann" }));
  assert.equal(await seen(world, bob), 200);
  assert.deepEqual(await services.profiles.withAvatar(bobCaller, ["ann", "bob", "nobody"]), new Set(["ann"]));
  assert.equal((await server.ask(bob, `/files/${picture.id}`)).status, 404, "the file itself stays hers");
  must(await services.contacts.remove(bobCaller, { username: "ann" }));
  assert.equal(await seen(world, bob), 404);
  const rootCaller = await world.caller(root);
  must(await services.groups.create(rootCaller, { name: "readers", title: "Readers" }));
  for (const one of ["ann", "bob"]) {
    must(await services.groups.setMember(rootCaller, "readers", one, { role: "member" }));
  }
  must(await services.groups.accept(annCaller, { group: "readers" }));
  assert.equal(await seen(world, bob), 404, "an invitation is no membership");
  must(await services.groups.accept(bobCaller, { group: "readers" }));
  assert.equal(await seen(world, bob), 200);
  assert.equal((await fetch(`${server.origin}/api/v1/avatars/ann`)).status, 401);
  for (const name of ["nobody", "ANN%00", "..%2Fann"]) {
    assert.equal((await server.ask(bob, `/avatars/${name}`)).status, 404, name);
  }
});

Deno.test("AU-8, FI-7: a file is kept while it is the picture, and for a day after", async () => {
  await using world = await AccountWorld.start();
  const { server, ann, clock, store } = world;
  const dayMs = 24 * 3600_000;
  const picture = await world.cleanFile(ann, "me.png", png());
  await setAvatar(world, ann, picture.id);
  const isThere = async () => (await store.kv.get(["file", picture.id])).value !== null;
  const pass = async (ms: number) => {
    clock.aheadMs += ms;
    await server.open.runDueJobs();
  };
  await pass(20 * dayMs);
  assert.equal(await isThere(), true);
  const fresh = await server.open.services.profiles.change(
    { ...(await callerAnew(world, ann)) },
    { avatar: null },
  );
  assert.equal(must(fresh).avatar, null);
  await pass(dayMs - 60_000);
  assert.equal(await isThere(), true);
  await pass(2 * 60_000);
  assert.equal(await isThere(), false);
});

/** Their session is over by then. */
async function callerAnew(world: AccountWorld, who: WholePerson) {
  const login = await world.server.open.services.accounts.login(
    { address: "192.0.2.1", device: "test", requestId: "test" },
    { username: who.name, password: "a long enough passphrase" },
  );
  const { token } = must(login);
  return await world.caller({ ...who, token });
}
