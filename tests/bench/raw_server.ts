/** What `Deno.serve` does without us: accepts sockets, says hello, sends one string to all of them when asked. */
import { answerCommands } from "./child_side.ts";

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
    socket.onmessage = () => sendToAll();
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
