/** The push service of the bench's part `push`: takes everything, and keeps when it came to whom. */
import { answerCommands } from "./child_side.ts";

let receipts: Receipt[] = [];

/** Number of the device, and when its push had come whole, in ms since 1970. */
export type Receipt = [device: number, atMs: number];

if (import.meta.main) {
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    async (request) => {
      await request.arrayBuffer();
      const device = Number(new URL(request.url).pathname.slice(1));
      receipts.push([device, performance.timeOrigin + performance.now()]);
      return new Response(null, { status: 201 });
    },
  );
  await answerCommands({ port: server.addr.port }, {
    receipts() {
      const taken = receipts;
      receipts = [];
      return taken;
    },
  });
}
