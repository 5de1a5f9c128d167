import assert from "node:assert/strict";
import { Refusal } from "../../lib/protocol/mod.ts";
import { openTestServices, person, testConfig } from "../fakes/open_services.ts";
import { until } from "../fakes/until.ts";
import { Wire } from "../fakes/wire.ts";

Deno.test("WS-9: pages and sockets take from one limit of sends", async () => {
  await using open = await openTestServices({ config: testConfig({ BEHEST_RATE_SENDS: "2" }) });
  const { caller } = await person(open, "demo-ann");
  const draft = (key: string) => ({
    key,
    audience: { kind: "user" as const, to: ["demo-bob"] },
    kind: "message" as const,
    title: "Title",
  });
  assert.ok(!(await open.services.commands.send(caller, draft("page")) instanceof Refusal));
  const wire = new Wire(
    open.services.realtime,
    { caller, device: "phone", window: 1, accept: null },
    Infinity,
  );
  const frames: { id?: number; error?: { data: { kind: string } } }[] = [];
  wire.client.addEventListener("message", ({ data }) => void frames.push(JSON.parse(data as string)));
  await until(() => frames.length > 0, "session.ready");
  const send = async (id: number) => {
    wire.client.send(
      JSON.stringify({ jsonrpc: "2.0", id, method: "command.send", params: draft(`socket-${id}`) }),
    );
    return await until(() => frames.find((frame) => frame.id === id), "an answer");
  };
  assert.equal((await send(1)).error, undefined);
  assert.equal((await send(2)).error?.data.kind, "rate_limited");
  const refused = await open.services.commands.send(caller, draft("page again"));
  assert.ok(refused instanceof Refusal && refused.kind === "rate_limited");
});

Deno.test("MO-2, BR-2: a send is refused alike on a page and on a socket that was open before", async () => {
  await using open = await openTestServices();
  const { services } = open;
  const [{ caller }, { caller: bob }] = [await person(open, "demo-ann"), await person(open, "demo-bob")];
  const admin = { ...bob, role: "admin" as const };
  assert.ok(
    !(await services.users.change(admin, "demo-ann", { rights: { broadcast: true } }) instanceof Refusal),
  );
  const granted = { ...caller, rights: { broadcast: true } };
  const wire = new Wire(
    services.realtime,
    { caller: granted, device: "phone", window: 1, accept: null },
    Infinity,
  );
  const frames: { id?: number; error?: { message: string; data: { kind: string } } }[] = [];
  wire.client.addEventListener("message", ({ data }) => void frames.push(JSON.parse(data as string)));
  await until(() => frames.length > 0, "session.ready");
  let sends = 0;
  const send = async (audience: { kind: "all" } | { kind: "user"; to: string[] }) => {
    const id = ++sends;
    const draft = { audience, kind: "message" as const, title: "Hello" };
    const params = { ...draft, key: `socket-${id}` };
    wire.client.send(JSON.stringify({ jsonrpc: "2.0", id, method: "command.send", params }));
    const { error } = await until(() => frames.find((frame) => frame.id === id), "an answer");
    const page = await services.commands.send(granted, { ...draft, key: `page-${id}` });
    assert.equal(error?.data.kind, page instanceof Refusal ? page.kind : undefined);
    return page instanceof Refusal ? page.kind : "sent";
  };
  assert.equal(await send({ kind: "all" }), "sent");
  assert.ok(
    !(await services.users.change(admin, "demo-ann", { rights: { broadcast: false } }) instanceof Refusal),
  );
  assert.equal(await send({ kind: "all" }), "forbidden");
  assert.equal(await send({ kind: "user", to: ["demo-bob"] }), "sent");
  assert.ok(
    !(await services.users.sanction(admin, "demo-ann", { kind: "mute", reason: "Spam." }) instanceof Refusal),
  );
  assert.equal(await send({ kind: "user", to: ["demo-bob"] }), "forbidden");
});
