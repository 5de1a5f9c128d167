import process from "node:process";
import { Behest, type BehestOptions, StreamSocket } from "../../typescript/mod.ts";
import { type Arguments, exits } from "../arguments.ts";
import { asking, type Context, contextOf } from "../context.ts";

export const options = {} as const;

/** A clock that differs by more makes times of commands wrong. */
const clockMs = 30_000;
/** Longest time for one check. */
const checkMs = 15_000;

/** `doctor`: looks at what `listen` needs, and says what does not work. */
export async function run(args: Arguments): Promise<number> {
  const context = await contextOf(args);
  const checks: [name: string, check: () => Promise<string>][] = [
    ["server", () => server(context)],
    ["login", () => login(context)],
    ["websocket", () => connects(context, {})],
    ["stream", () => connects(context, { stream: true })],
  ];
  let failed = 0;
  for (const [name, check] of checks) {
    const [ok, says] = await inTime(check()).then(
      (text) => [true, text] as const,
      (error: unknown) => [false, error instanceof Error ? error.message : String(error)] as const,
    );
    // A stream is for networks where WebSockets do not work: one of the two is enough.
    if (!ok && name !== "stream") failed++;
    context.output.result({ check: name, ok, says }, `${ok ? "ok    " : "failed"}  ${name}: ${says}`);
  }
  return failed === 0 ? exits.ok : exits.failed;
}

async function server({ server }: Context): Promise<string> {
  const response = await fetch(`${server}/healthz`).catch(() => {
    throw new Error(`${server} cannot be reached.`);
  });
  await response.body?.cancel();
  if (!response.ok) throw new Error(`${server} answers ${response.status}.`);
  const said = Date.parse(response.headers.get("date") ?? "");
  const aheadMs = Date.now() - said;
  if (Math.abs(aheadMs) > clockMs) {
    throw new Error(
      `This machine's clock is ${Math.round(Math.abs(aheadMs) / 1000)} s ${aheadMs > 0 ? "fast" : "slow"}.`,
    );
  }
  return `${server} answers, and the clocks agree.`;
}

async function login({ profile, server }: Context): Promise<string> {
  const behest = new Behest({ server, ...await profile.login(server) });
  const response = await behest.rest.call("/api/v1/profile");
  const { profile: person } = await response.json() as { profile: { username: string } };
  const place = process.env.BEHEST_TOKEN ? "BEHEST_TOKEN" : (await profile.store(server)).kept;
  return `${person.username}, with the login of ${
    place === "file" ? "a file that only you can read" : place
  }.`;
}

async function connects(context: Context, { stream = false }): Promise<string> {
  const { server, profile } = context;
  const login = await profile.login(server);
  const token = "token" in login ? () => Promise.resolve(login.token) : () => login.session.token();
  const options: Partial<BehestOptions> = stream ? { socket: (url) => new StreamSocket(url, { token }) } : {};
  await using behest = await asking(context, options);
  behest.client.connect();
  const { stopped, pending } = await behest.client.whenOnline();
  if (!stream && behest.transport !== "websocket") {
    throw new Error("WebSockets are blocked on the way to the server.");
  }
  return `Connected. ${pending} open commands.${
    stopped ? " You are stopped: nothing is delivered until you resume." : ""
  }`;
}

async function inTime<T>(work: Promise<T>): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error("It took too long.")), checkMs);
  try {
    return await Promise.race([work, promise]);
  } finally {
    clearTimeout(timer);
  }
}
