/** The real server for the bench: services on a file, the socket's own route, people who are logged in. */
import { App } from "fresh";
import type { State } from "../../lib/web/define.ts";
import type { Services } from "../../lib/web/services.ts";
import { handler } from "../../routes/api/ws.ts";
import { answerCommands } from "./child_side.ts";
import { startProfile, stopProfile } from "./profiler.ts";
import { makeContacts, makePeople, openBenchServices } from "./server_parts.ts";

/** What the first line of this process says. */
export interface ServerReady {
  /** Address of the socket, to which `?token=` is added. */
  url: string;
  senders: { username: string; token: string }[];
  recipients: { username: string; token: string }[];
}

/** Only the socket's route: pages and their build have no part in what is measured. */
function socketApp(services: Services): App<State> {
  return new App<State>().use((ctx) => {
    ctx.state.services = services;
    ctx.state.requestId = services.requestId();
    ctx.state.address = "127.0.0.1";
    return ctx.next();
  }).get("/api/ws", handler.GET);
}

if (import.meta.main) {
  const [dataDir, senderCount, recipientCount = senderCount, pairs] = Deno.args;
  if (dataDir === undefined || senderCount === undefined) {
    throw new Error("server.ts DATA_DIR SENDERS [RECIPIENTS] [contacts]");
  }
  await using open = await openBenchServices(dataDir);
  const senders = await makePeople(open, "sender", Number(senderCount));
  const recipients = await makePeople(open, "taker", Number(recipientCount));
  if (pairs === "contacts") await makeContacts(open, senders, recipients);
  const serve = socketApp(open.services).handler();
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, serve);
  const ready: ServerReady = {
    url: `ws://127.0.0.1:${server.addr.port}/api/ws`,
    senders: senders.map(({ username, token }) => ({ username, token })),
    recipients: recipients.map(({ username, token }) => ({ username, token })),
  };
  await answerCommands(ready, { profile: startProfile, profiled: stopProfile });
}
