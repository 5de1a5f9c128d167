import assert from "node:assert/strict";
import { BehestClient } from "../../lib/client/mod.ts";
import { commandId, deliveryAt, readyParams } from "../fakes/client_rig.ts";
import { until } from "../fakes/until.ts";

Deno.test("DL-3: over real sockets: deliver, cut, come back, deliver again: each command once", async () => {
  const sockets: WebSocket[] = [];
  const acked: string[] = [];
  await using server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen() {} }, (request) => {
    const { socket, response } = Deno.upgradeWebSocket(request, { protocol: "behest.v1" });
    sockets.push(socket);
    const notify = (method: string, params: unknown) =>
      socket.send(JSON.stringify({ jsonrpc: "2.0", method, params }));
    socket.onopen = () => {
      notify("session.ready", readyParams());
      notify("command.deliver", { deliveries: [deliveryAt(1), deliveryAt(2)] });
    };
    socket.onmessage = (event) => {
      const frame = JSON.parse(event.data);
      if (frame.method === "inbox.ack") acked.push(frame.params.cursor);
      // The first connection is cut with its acknowledgement unanswered.
      if (sockets.length === 1) socket.close(4503);
      else socket.send(JSON.stringify({ jsonrpc: "2.0", id: frame.id, result: frame.params }));
    };
    return response;
  });
  await using client = new BehestClient({ url: `http://127.0.0.1:${server.addr.port}/api/ws` });
  const seen: string[] = [];
  client.on("deliver", (delivery) => void seen.push(delivery.command.id));
  client.connect();
  await until(() => sockets.length === 2 && acked.at(-1) === deliveryAt(2).cursor);
  assert.deepEqual(seen, [commandId(1), commandId(2)]);
});
