/** What `Deno.serve` does without us: accepts sockets, says hello, answers heartbeats, sends one string to all of them when asked. */
import { answerCommands } from "./child_side.ts";

/** A heartbeat as clients send it, and an answer as long as ours. */
export const beat = '{"jsonrpc":"2.0","id":1,"method":"heartbeat","params":{}}';
const beatAnswer = '{"jsonrpc":"2.0","id":1,"result":{"serverTime":"2026-01-01T00:00:00.000Z"}}';

export interface FanServerReady {
  url: string;
}

if (import.meta.main) {
  const text = Deno.args[0] ?? "";
  const sockets = new Set<WebSocket>();
  const sendToAll = () => {
    for (const socket of sockets) socket.send(text);
  };
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, (req) => {
    const { socket, response } = Deno.upgradeWebSocket(req, { idleTimeout: 0 });
    socket.onopen = () => {
      sockets.add(socket);
      socket.send("hello");
    };
    socket.onmessage = ({ data }) => data === beat ? socket.send(beatAnswer) : sendToAll();
    socket.onerror = (event) => event.preventDefault();
    socket.onclose = () => sockets.delete(socket);
    return response;
  });
  const ready: FanServerReady = { url: `ws://127.0.0.1:${server.addr.port}/` };
  await answerCommands(ready, {
    broadcast: () => {
      sendToAll();
      return sockets.size;
    },
  });
}
