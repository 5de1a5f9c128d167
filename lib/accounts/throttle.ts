import type { Clock } from "../platform/mod.ts";
import { limits, Refusal } from "../protocol/mod.ts";
import type { CountChange, CountKey, CountRecord, CountStore } from "./ports.ts";
import { hashOf } from "./tokens.ts";

/** An admitted login attempt. It counts as a failure until its outcome is told, also if the process dies. */
export interface Attempt {
  /** The password was right: clears the count, and takes this attempt off the address's count. */
  succeeded(): Promise<void>;
  /** Nothing was tried: takes this attempt off all counts. */
  withdrawn(): Promise<void>;
  /** Ends the attempt. Always call it last. */
  [Symbol.dispose](): void;
}

/** Who tries: anyone with a name, a device that logged in before, or a session. */
export type Trier =
  | { kind: "stranger"; address: string; username: string }
  | { kind: "device" | "session"; id: string };

/** Attempts of one count in this process that are still being checked, and the callers that wait for one to end. */
interface InFlight {
  count: number;
  waiters: (() => void)[];
}

const empty: CountRecord = { times: [], blockedUntil: 0, level: 0, lastAt: 0 };
const keepMs = 2 * limits.loginWindowMs;

/**
 * Login limits (AU-4). Each attempt counts before the password is checked, so that simultaneous attempts cannot pass the
 * limit. An attempt that meets a limit only because of unfinished ones waits for those.
 */
export class LoginThrottle {
  readonly #counts: CountStore;
  readonly #clock: Clock;
  readonly #busy = new Map<string, InFlight>();
  #waiting = 0;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(counts: CountStore, clock: Clock) {
    this.#counts = counts;
    this.#clock = clock;
  }

  /** What strangers do with a name or from an address does not count against a known device or a session. */
  async admit(trier: Trier): Promise<Attempt | Refusal> {
    const keys = await keysOf(trier);
    while (true) {
      const answer = await this.#inTurn(() => this.#try(keys));
      if (!("busy" in answer)) return answer;
      if (this.#waiting >= limits.passwordQueue) {
        return new Refusal("unavailable", "login.busy");
      }
      this.#waiting++;
      await answer.busy;
      this.#waiting--;
    }
  }

  async #try(keys: CountKey[]): Promise<Attempt | Refusal | { busy: Promise<void> }> {
    const now = this.#clock.now();
    const answer = await this.#counts.change<"admitted" | Refusal | { busy: InFlight }>(
      keys,
      keepMs,
      (records) => this.#decide(keys, records, now),
    );
    if (answer instanceof Refusal) return answer;
    if (answer !== "admitted") return { busy: ended(answer.busy) };
    for (const key of keys) this.#begin(key);
    return {
      succeeded: () => this.#giveBack(keys, now, true),
      withdrawn: () => this.#giveBack(keys, now, false),
      [Symbol.dispose]: () => {
        for (const key of keys) this.#end(key);
      },
    };
  }

  #decide(
    keys: CountKey[],
    records: (CountRecord | null)[],
    now: number,
  ): CountChange<"admitted" | Refusal | { busy: InFlight }> {
    const current = records.map((record) => alive(record, now));
    const blocked = current.findIndex((record) => now < record.blockedUntil);
    if (blocked === -1) {
      return {
        result: "admitted",
        write: current.map((record, at) => counted(record, limitOf(keys[at]!), now)),
      };
    }
    const busy = this.#busy.get(nameOf(keys[blocked]!));
    if (busy !== undefined) return { result: { busy } };
    const longer = refused(current[blocked]!, now);
    return {
      result: tooMany(longer.blockedUntil - now),
      // Writes only the blocked record; the other stays.
      write: records.map((record, at) => at === blocked ? longer : record),
    };
  }

  async #giveBack(keys: CountKey[], at: number, clear: boolean): Promise<void> {
    await this.#inTurn(() =>
      this.#counts.change(keys, keepMs, (records) => ({
        result: undefined,
        write: records.map((record, index) =>
          record === null || (clear && keys[index]!.of !== "address") ? null : without(record, at)
        ),
      }))
    );
  }

  #begin(key: CountKey): void {
    const busy = this.#busy.get(nameOf(key));
    if (busy === undefined) this.#busy.set(nameOf(key), { count: 1, waiters: [] });
    else busy.count++;
  }

  #end(key: CountKey): void {
    const busy = this.#busy.get(nameOf(key));
    if (busy === undefined) return;
    busy.count--;
    if (busy.count > 0) return busy.waiters.shift()?.();
    this.#busy.delete(nameOf(key));
    for (const wake of busy.waiters) wake();
  }

  /** Runs one decision at a time, so that the counts match the attempts in flight. */
  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#turn.then(work);
    this.#turn = result.catch(() => {});
    return result;
  }
}

/** The counts of a trier. A stranger's name is as typed: existing, unknown and malformed names count alike. */
async function keysOf(trier: Trier): Promise<CountKey[]> {
  if (trier.kind !== "stranger") return [{ of: trier.kind, subject: trier.id }];
  // Hashed: people type passwords into the wrong field, and no key may contain one.
  const subject = await hashOf(trier.username.toLowerCase());
  return [{ of: "address", subject: networkOf(trier.address) }, { of: "user", subject }];
}

/** Resolves when one of the attempts ends; at once when all ended while the store answered. */
function ended(inFlight: InFlight): Promise<void> {
  if (inFlight.count === 0) return Promise.resolve();
  return new Promise((resolve) => inFlight.waiters.push(resolve));
}

/** WS-9: counts a registration from an address, or returns how long to wait. */
export function countRegistration(counts: CountStore, address: string, now: number): Promise<Refusal | null> {
  return countOf(counts, { of: "registrations", subject: networkOf(address) }, now, {
    most: limits.registrationsPerHour,
    withinMs: 3600_000,
  });
}

/** AU-7: the same for challenges of passkey logins, which anyone can request. */
export function countChallenge(counts: CountStore, address: string, now: number): Promise<Refusal | null> {
  return countOf(counts, { of: "challenges", subject: networkOf(address) }, now, {
    most: limits.challengesPerAddress,
    withinMs: limits.challengeMs,
  });
}

async function countOf(
  counts: CountStore,
  key: CountKey,
  now: number,
  { most, withinMs }: { most: number; withinMs: number },
): Promise<Refusal | null> {
  return await counts.change<Refusal | null>([key], withinMs, ([record]) => {
    const times = (record?.times ?? []).filter((time) => time > now - withinMs);
    if (times.length >= most) return { result: tooMany(times[0]! + withinMs - now) };
    return { result: null, write: [{ ...empty, times: [...times, now], lastAt: now }] };
  });
}

function limitOf(key: CountKey): number {
  return key.of === "address" ? limits.loginFailuresPerAddress : limits.loginFailuresPerUser;
}

/** Drops times before the window. Keeps the length of the wait for one more window. */
function alive(record: CountRecord | null, now: number): CountRecord {
  if (record === null || now >= Math.max(record.lastAt, record.blockedUntil) + limits.loginWindowMs) {
    return empty;
  }
  return { ...record, times: record.times.filter((time) => time > now - limits.loginWindowMs) };
}

function counted(record: CountRecord, limit: number, now: number): CountRecord {
  const times = [...record.times, now].slice(-limit - 1);
  if (times.length < limit) return { ...record, times, lastAt: now };
  const level = times.length > limit ? record.level + 1 : record.level;
  return { times, level, lastAt: now, blockedUntil: now + waitOf(level) };
}

function refused(record: CountRecord, now: number): CountRecord {
  const waitMs = Math.max(record.blockedUntil - now, waitOf(record.level));
  return { ...record, level: record.level + 1, lastAt: now, blockedUntil: now + waitMs };
}

function without(record: CountRecord, at: number): CountRecord | null {
  const found = record.times.indexOf(at);
  const times = record.times.filter((_, index) => index !== found);
  return times.length === 0 && record.level === 0 ? null : { ...record, times, blockedUntil: 0 };
}

function waitOf(level: number): number {
  return Math.min(limits.loginWaitMs * 2 ** Math.min(level, 20), limits.loginWindowMs);
}

function tooMany(waitMs: number): Refusal {
  return new Refusal("rate_limited", "login.tries", {
    retryAfterMs: Math.max(1, Math.ceil(waitMs)),
  });
}

/**
 * Returns the network that counts as one address: an IPv4 address, or the first 64 bits of an IPv6 address. A household gets
 * 64 bits, and its computers choose the rest freely.
 */
export function networkOf(address: string): string {
  const canonical = address.includes(":")
    ? URL.parse(`http://[${address}]`)?.hostname.slice(1, -1)
    : undefined;
  if (canonical === undefined) return address;
  const [left = "", right = ""] = canonical.split("::");
  const head = left.split(":").filter((part) => part !== "");
  const tail = right.split(":").filter((part) => part !== "");
  const parts = [...head, ...Array<string>(8 - head.length - tail.length).fill("0"), ...tail];
  // An IPv4-mapped IPv6 address.
  if (parts.slice(0, 6).join(":") === "0:0:0:0:0:ffff") return canonical;
  return `${parts.slice(0, 4).join(":")}::/64`;
}

function nameOf(key: CountKey): string {
  return `${key.of} ${key.subject}`;
}
