import { Passwords } from "../../lib/accounts/mod.ts";
import { type OpenServices, openServices } from "../../lib/compose/mod.ts";
import { ConfigProblem, readConfig } from "../../lib/config/mod.ts";
import { type Caller, type Log, systemClock, systemRandom } from "../../lib/platform/mod.ts";
import { openLog } from "../../lib/platform/logging.ts";
import { english, Refusal } from "../../lib/protocol/mod.ts";
import type { PushSender } from "../../lib/push/mod.ts";
import type { Store } from "../../lib/adapters/kv/store.ts";

/** What the bench logs in with; nobody else can reach its server. */
export const password = "only-for-the-bench-7";
const origin = { address: "127.0.0.1", device: "bench", requestId: "bench" };

/**
 * The services as a start composes them, without limits of rate and with cheap passwords: neither is measured here. The log is
 * written as a server writes it, but to no console; BEHEST_LOG_LEVEL=warn shows what its lines cost.
 */
export async function openBenchServices(
  dataDir: string,
  options: { store?: Store; log?: Log; passwords?: Passwords; pushes?: PushSender } = {},
): Promise<OpenServices> {
  const read = readConfig({
    BEHEST_MODE: "evaluation",
    BEHEST_PORT: "0",
    BEHEST_DATA_DIR: dataDir,
    BEHEST_RATE_REQUESTS: "0",
    BEHEST_RATE_SENDS: "0",
    // A client of the bench sends no heartbeat.
    BEHEST_HEARTBEAT_MS: "600000",
    BEHEST_LOG_LEVEL: Deno.env.get("BEHEST_LOG_LEVEL"),
  });
  if (read instanceof ConfigProblem) throw new Error(read.line);
  const { logLevel: level, logMaxBytes: maxBytes } = read.config;
  const path = `${dataDir}/behest.log`;
  const log = openLog({ path, level, maxBytes, now: () => systemClock.now(), console: null });
  const open = await openServices({
    config: read.config,
    log,
    passwords: new Passwords(systemRandom, { log2N: 1, blockSize: 1, parallel: 1 }),
    ...options,
  });
  return {
    ...open,
    async [Symbol.asyncDispose]() {
      await open[Symbol.asyncDispose]();
      await log[Symbol.asyncDispose]();
    },
  };
}

/** A person of the bench, logged in; takes commands from anyone. */
export interface BenchPerson {
  username: string;
  token: string;
  caller: Caller;
}

/** A few are made at once, so that they share commits. */
const madeAtOnce = 50;

export async function makePeople(
  { services }: OpenServices,
  prefix: string,
  count: number,
): Promise<BenchPerson[]> {
  const people: BenchPerson[] = new Array(count);
  let next = 0;
  const worker = async () => {
    while (next < count) {
      const at = next++;
      people[at] = await makePerson(services, `${prefix}${String(at).padStart(4, "0")}`);
    }
  };
  await Promise.all(Array.from({ length: madeAtOnce }, worker));
  return people;
}

/** The first of the one are contacts of the first of the others, and so on. */
export async function makeContacts(
  { services: { contacts } }: OpenServices,
  ones: readonly BenchPerson[],
  others: readonly BenchPerson[],
): Promise<void> {
  let next = 0;
  const worker = async () => {
    while (next < ones.length) {
      const at = next++;
      const [one, other] = [ones[at]!, others[at]!];
      expectValue(await contacts.request(one.caller, { username: other.username }));
      expectValue(await contacts.accept(other.caller, { username: one.username }));
    }
  };
  await Promise.all(Array.from({ length: madeAtOnce }, worker));
}

async function makePerson(
  { accounts, preferences }: OpenServices["services"],
  username: string,
): Promise<BenchPerson> {
  // Logins of one address take turns.
  const from = { ...origin, address: `bench-${username}` };
  expectValue(await accounts.register(from, { username, password, adult: true }));
  const { token } = expectValue(await accounts.login(from, { username, password }));
  const caller = expectValue(await accounts.authenticate(token, from));
  expectValue(await preferences.set(caller, { acceptFrom: "anyone" }));
  return { username, token, caller };
}

export function expectValue<T>(answer: T | Refusal): T {
  if (answer instanceof Refusal) throw new Error(`Refused: ${english(answer.message)}`);
  return answer;
}
