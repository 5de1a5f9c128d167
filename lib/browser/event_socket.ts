import type { SocketEvent, SocketFactory } from "../client/mod.ts";
import { placed } from "./base_path.ts";

/**
 * WS-12: the stream of this server with the face of a WebSocket, read by the browser's own `EventSource` with the page's cookie; less
 * code than the library's `StreamSocket`. A refusal looks like a lost network: the ticket for the next try says why.
 */
export const eventSocket: SocketFactory = (url) => {
  const { searchParams } = new URL(url);
  searchParams.delete("ticket");
  const source = new EventSource(placed(`/api/stream?${searchParams}`));
  const listeners: [string, (event: SocketEvent) => void][] = [];
  let over = false;
  const tell = (event: SocketEvent) => {
    for (const [type, listener] of listeners) if (type === event.type) listener(event);
  };
  const end = (code = 1006, reason = "") => {
    if (over) return;
    over = true;
    source.close();
    queueMicrotask(() => tell({ type: "close", code, reason }));
  };
  const heard = (data: string) => {
    // Frames that get no answer have an empty one.
    if (!over && data !== "") tell({ type: "message", data });
  };
  const post = async (body: string) => {
    if (over) return;
    try {
      const headers = { "content-type": "application/json" };
      const answer = await fetch(placed(`/api/v1/rpc?${searchParams}`), { method: "POST", headers, body });
      if (answer.ok) heard(await answer.text());
      else end();
    } catch {
      end();
    }
  };
  /** Frames leave one after another, as on a WebSocket. */
  let sent = Promise.resolve();
  source.onmessage = ({ data }) => heard(data);
  source.onerror = () => end();
  source.addEventListener("close", ({ data }) => {
    const { code, reason } = JSON.parse(data) as { code: number; reason: string };
    end(code, reason);
  });
  return {
    transport: "stream",
    send(data) {
      // These wait for no answer of others.
      if (/"method":"(safety.stop|heartbeat)"/.test(data)) void post(data);
      else sent = sent.then(() => post(data));
    },
    close: end,
    addEventListener: (type, listener) => void listeners.push([type, listener]),
  };
};
