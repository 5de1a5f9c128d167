/**
 * Takes up new certificates while clients connect all the time, in a network of its own: the arguments are two directories with a
 * `cert.pem` and a `key.pem`. Prints how many requests were answered and how many connections were reset.
 */
import { TlsServing } from "../../lib/web/mod.ts";
import { readCertificate } from "../../lib/platform/certificate.ts";
import { say } from "../../lib/platform/console.ts";
import { systemClock, wait } from "../../lib/platform/mod.ts";

const clients = 4;
const renewals = 8;
/** Requests between two renewals. */
const between = 12;

const certificates = await Promise.all(
  Deno.args.map((dir) => readCertificate({ cert: `${dir}/cert.pem`, key: `${dir}/key.pem` })),
);
const caCerts = certificates.map(({ cert }) => cert);
const handler = () => new Response("here");
const onError = () => new Response(null, { status: 500 });
const serving = new TlsServing({ hostname: "127.0.0.1", port: 0, handler, onError }, certificates[0]!);
const counted = { answered: 0, reset: 0 };
let over = false;

async function connects(): Promise<void> {
  while (!over) {
    using client = Deno.createHttpClient({ caCerts });
    try {
      await (await fetch(`https://127.0.0.1:${serving.port}/`, { client })).text();
      counted.answered++;
    } catch {
      counted.reset++;
    }
  }
}

const connecting = Array.from({ length: clients }, connects);
for (let renewal = 1; renewal <= renewals; renewal++) {
  const from = counted.answered;
  while (counted.answered < from + between && counted.reset === 0) await wait(systemClock, 5);
  serving.renew(certificates[renewal % 2]!);
}
over = true;
await Promise.all(connecting);
await serving.shutdown();
say(JSON.stringify(counted));
