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
