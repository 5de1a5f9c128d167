import type { Services } from "../../lib/web/services.ts";
import { handlerOver } from "./built_app.ts";

export interface ServedApp extends AsyncDisposable {
  origin: string;
  port: number;
}

/** The app on a real port, for what only a socket shows. */
export async function served(services: Services): Promise<ServedApp> {
  const handler = await handlerOver(services);
  const ending = new AbortController();
  const server = Deno.serve(
    { port: 0, hostname: "127.0.0.1", signal: ending.signal, onListen: () => {} },
    handler,
  );
  const { port } = server.addr;
  return {
    port,
    origin: `http://127.0.0.1:${port}`,
    async [Symbol.asyncDispose]() {
      ending.abort();
      await server.finished;
    },
  };
}
