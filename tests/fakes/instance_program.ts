/**
 * One of several instances, as a process of its own: services on the PostgreSQL of the first argument (JSON), without HTTP. Each
 * line it reads is a call, each line it writes an answer or an event.
 */
import { openStore } from "../../lib/adapters/kv/store.ts";
import { commandDraft, Refusal } from "../../lib/protocol/mod.ts";
import { systemClock } from "../../lib/platform/mod.ts";
import type { InstanceCall, InstanceEvent } from "./instance_process.ts";
import { type LoggedInCaller, openTestServices, person } from "./open_services.ts";
import { TextLineStream } from "./text_lines.ts";

const encoder = new TextEncoder();
function tell(event: InstanceEvent): void {
  const line = encoder.encode(`${JSON.stringify(event)}\n`);
  for (let at = 0; at < line.length;) at += Deno.stdout.writeSync(line.subarray(at));
}

const store = await openStore(JSON.parse(Deno.args[0]!), { shared: true });
const open = await openTestServices({ store, clock: systemClock });
void open.lost.then((error) => {
  tell({ event: "lost", reason: error.message });
  Deno.exit(1);
});
const { services } = open;
const people = new Map<string, LoggedInCaller>();

async function answerTo(call: InstanceCall): Promise<unknown> {
  switch (call.call) {
    case "login":
      people.set(call.who, (await person(open, call.who)).caller);
      return true;
    case "contact":
      await services.contacts.request(people.get(call.who)!, { username: call.to });
      return await services.contacts.accept(people.get(call.to)!, { username: call.who });
    case "listen":
      void listen(people.get(call.who)!, call.device);
      return true;
    case "send":
      return await services.commands.send(
        people.get(call.who)!,
        commandDraft.parse({
          key: `key-${call.title}`,
          audience: { kind: "user", to: [call.to] },
          kind: "message",
          title: call.title,
          body: "Body",
        }),
      );
    case "stop":
      return await services.safety.stop(people.get(call.who)!);
    case "resume":
      return await services.safety.resume(people.get(call.who)!);
    case "endOthers": {
      const caller = people.get(call.who)!;
      const { sessions } = await services.accounts.sessions(caller);
      for (const { id } of sessions) if (id !== caller.sessionId) await services.accounts.revoke(caller, id);
      return null;
    }
    default:
      return call satisfies never;
  }
}

/** A device that says what it gets and acknowledges it. */
async function listen(caller: LoggedInCaller, device: string): Promise<void> {
  const body = services.realtime.openStream({ caller, device, window: 64, accept: null });
  let [rest, acks] = ["", 0];
  for await (const part of body.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + part).split("\n");
    rest = lines.pop()!;
    for (const line of lines) {
      if (!line.startsWith("data:") || !line.includes('"command.deliver"')) continue;
      const { params } = JSON.parse(line.slice(5));
      for (const { command } of params.deliveries) {
        tell({ event: "delivered", device, title: command.title });
      }
      const { cursor } = params.deliveries.at(-1);
      const ack = { jsonrpc: "2.0", id: ++acks, method: "inbox.ack", params: { cursor } };
      void services.realtime.frame(caller, device, JSON.stringify(ack));
    }
  }
  tell({ event: "closed", device });
}

tell({ event: "ready" });
for await (
  const line of Deno.stdin.readable.pipeThrough(new TextDecoderStream()).pipeThrough(new TextLineStream())
) {
  const call = JSON.parse(line) as InstanceCall & { id: number };
  answerTo(call).then(
    (answer) => tell({ event: "answer", id: call.id, refused: answer instanceof Refusal ? answer : null }),
    (error) => tell({ event: "answer", id: call.id, refused: String(error) }),
  );
}
