import { Passwords } from "../../lib/accounts/mod.ts";
import { type OpenOptions, type OpenServices, openServices } from "../../lib/compose/mod.ts";
import { type Config, ConfigProblem, readConfig } from "../../lib/config/mod.ts";
import { type Caller, silentLog, systemRandom } from "../../lib/platform/mod.ts";
import { english, Refusal } from "../../lib/protocol/mod.ts";

/** A password cost that a test can wait for. */
export const cheapPasswords = () => new Passwords(systemRandom, { log2N: 4, blockSize: 8, parallel: 1 });

/** One for the process: what the tests of a file put on the disk ends with them. */
let dataDir: string | undefined;

function testDataDir(): string {
  if (dataDir === undefined) {
    const made = dataDir = Deno.makeTempDirSync({ prefix: "behest-test-" });
    globalThis.addEventListener("unload", () => Deno.removeSync(made, { recursive: true }));
  }
  return dataDir;
}

/** A checked configuration on a store in memory, without rate limits. */
export function testConfig(env: Record<string, string> = {}): Config {
  const read = readConfig({
    BEHEST_KV: ":memory:",
    BEHEST_DATA_DIR: testDataDir(),
    BEHEST_PORT: "0",
    BEHEST_RATE_REQUESTS: "0",
    BEHEST_RATE_SENDS: "0",
    ...env,
  });
  if (read instanceof ConfigProblem) throw new Error(read.line);
  return read.config;
}

/** The real services on a real `:memory:` store. */
export async function openTestServices(options: Partial<OpenOptions> = {}): Promise<OpenServices> {
  return await openServices({
    config: testConfig(),
    log: silentLog,
    passwords: cheapPasswords(),
    secret: new Uint8Array(32).fill(7),
    ...options,
  });
}

export type LoggedInCaller = Caller & { sessionExpiresAt: string };

/** Registers somebody, or logs in one of the demo people. */
export async function person(
  open: OpenServices,
  username: string,
): Promise<{ caller: LoggedInCaller; token: string }> {
  const { accounts, demo } = open.services;
  const origin = { address: "192.0.2.1", device: "test", requestId: "test" };
  const password = demo?.usernames.includes(username) ? demo.password : "a long enough passphrase";
  if (!demo?.usernames.includes(username)) {
    await accounts.register(origin, { username, password, adult: true });
  }
  const login = await accounts.login(origin, { username, password });
  if (login instanceof Refusal) throw new Error(english(login.message));
  const caller = await accounts.authenticate(login.token, origin);
  if (caller instanceof Refusal) throw new Error(english(caller.message));
  return { caller, token: login.token };
}
