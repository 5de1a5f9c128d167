import postgres, { type Sql } from "postgres";
import { type Clock, fullJitter, systemClock, systemRandom, wait } from "../../platform/mod.ts";
import { nameOf, type PostgresPlace } from "./place.ts";

/** How long a call may take before its connections are given up: a network that swallows packets says nothing. */
const callMs = 10_000;
/** The server ends a statement by itself before that. */
const statementMs = 8_000;
const connectSeconds = 5;
/** How long a call is tried again while the server is away, as during a failover. */
const triedMs = 40_000;
const retryBaseMs = 50;
const retryMaxMs = 1000;
/** Calls share connections: each sends one behind the other. */
const connections = 4;

export type Parameter = string | number | boolean | null;
export type Row = Record<string, unknown>;

/** What the database could not do. Says nothing of what was to be written. */
export class PostgresFailure extends Error {
  /** SQLSTATE, or the driver's own word. */
  readonly code: string | undefined;
  /** It was tried for as long as it may be, and may have been done. */
  readonly unsure: boolean;

  constructor(message: string, code?: string, unsure = false) {
    super(message);
    this.code = code;
    this.unsure = unsure;
  }
}

/**
 * One database, asked by few connections with prepared statements. A call that a broken connection, a restart or a failover
 * interrupts is made again for some seconds: so every statement must do no harm when it is made twice.
 */
export class PostgresClient {
  readonly #place: PostgresPlace;
  readonly #ca: string | undefined;
  readonly #clock: Clock;
  #sql: Sql;
  #listening: Sql | null = null;
  #closed = false;

  private constructor(place: PostgresPlace, ca: string | undefined, clock: Clock) {
    this.#place = place;
    this.#ca = ca;
    this.#clock = clock;
    this.#sql = this.#open();
  }

  static async open(place: PostgresPlace, clock = systemClock): Promise<PostgresClient> {
    const address = place.hosts.find((host) => /^\[|^[0-9.]+:[0-9]+$/.test(host));
    if (place.tls === "verified" && address !== undefined) {
      // The driver compares the certificate with the name that it asked for, and asks for none of an address.
      throw new Error(
        `${address} is an address, and TLS verifies names: name the host, or add sslmode=require`,
      );
    }
    return new PostgresClient(
      place,
      place.caFile === null ? undefined : await Deno.readTextFile(place.caFile),
      clock,
    );
  }

  /** Runs a statement until it was answered. Throws a `PostgresFailure`. */
  call(statement: string, parameters: readonly Parameter[] = []): Promise<Row[]> {
    return this.#tried((sql) => sql.unsafe(statement, [...parameters], { prepare: true }));
  }

  /** Runs statements as one transaction. */
  transaction(run: (call: (statement: string) => Promise<Row[]>) => Promise<void>): Promise<void> {
    return this.#tried((sql) => sql.begin((own) => run((statement) => own.unsafe(statement))).then(() => {}));
  }

  /**
   * Hears what is sent on a channel, over a connection of its own that is made again whenever it breaks; what is sent
   * meanwhile is lost. Resolves once it is heard.
   */
  async listen(channel: string, heard: (text: string) => void): Promise<void> {
    this.#listening ??= this.#open(1);
    try {
      await this.#listening.listen(channel, heard);
    } catch (error) {
      throw new PostgresFailure(`${nameOf(this.#place)}: ${messageOf(error)}`, codeOf(error));
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
    await Promise.all([this.#sql.end({ timeout: 1 }), this.#listening?.end({ timeout: 1 })]);
  }

  #open(max = connections): Sql {
    const { hosts, database, user, password, tls } = this.#place;
    const split = hosts.map((one) => /^\[?(.*?)\]?:([0-9]+)$/.exec(one)!);
    return postgres({
      // Lists, which its types do not know; a text would be cut at the colons of an IPv6 address.
      host: split.map(([, host]) => host!) as unknown as string,
      port: split.map(([, , port]) => Number(port)) as unknown as number,
      database,
      username: user,
      ...password === null ? {} : { password },
      ssl: tls === "off" ? false : {
        rejectUnauthorized: tls === "verified",
        ...this.#ca === undefined ? {} : { ca: this.#ca },
      },
      max,
      connect_timeout: connectSeconds,
      // Of several hosts, and after a failover: only where writes are taken.
      target_session_attrs: "read-write",
      // Parameters and answers are texts and numbers; arrays are written here.
      fetch_types: false,
      onnotice: () => undefined,
      connection: {
        application_name: "behest",
        statement_timeout: statementMs,
        // Every statement finds its rows by key. Without statistics, as in a new table, the planner would read all of it.
        plan_cache_mode: "force_generic_plan",
        enable_seqscan: "off",
        enable_hashjoin: "off",
        enable_mergejoin: "off",
        enable_bitmapscan: "off",
        jit: "off",
      },
    });
  }

  async #tried<T>(run: (sql: Sql) => PromiseLike<T>): Promise<T> {
    const endsAt = performance.now() + triedMs;
    for (let attempt = 0;; attempt++) {
      if (this.#closed) throw new PostgresFailure("the store is closed");
      const sql = this.#sql;
      try {
        return await this.#inTime(sql, run(sql));
      } catch (error) {
        const passing = isPassing(error);
        if (!passing || performance.now() > endsAt) {
          throw new PostgresFailure(
            `${nameOf(this.#place)}: ${messageOf(error)}`,
            codeOf(error),
            passing,
          );
        }
        await wait(this.#clock, fullJitter(systemRandom, attempt, retryBaseMs, retryMaxMs));
      }
    }
  }

  /** Connections that do not answer are left, with all that waits on them. */
  async #inTime<T>(sql: Sql, answer: PromiseLike<T>): Promise<T> {
    const { promise: late, reject } = Promise.withResolvers<never>();
    const timer = this.#clock.after(callMs, () => {
      if (this.#sql === sql) {
        this.#sql = this.#open();
        void sql.end({ timeout: 0 });
      }
      reject(new PostgresFailure("no answer in time", "CONNECT_TIMEOUT"));
    });
    try {
      return await Promise.race([answer, late]);
    } finally {
      timer.cancel();
    }
  }
}

/** Of SQLSTATE: a connection, a shutdown or a start, a standby, too many connections, a deadlock, a statement that took too long. */
const passingStates = /^(08...|57P0[123]|25006|53300|40001|40P01|57014)$/;
const passingErrors =
  /^(CONNECTION_|CONNECT_TIMEOUT|ECONN|EPIPE|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|EAI_AGAIN)/;

function isPassing(error: unknown): boolean {
  const code = codeOf(error);
  return code !== undefined && (passingStates.test(code) || passingErrors.test(code));
}

function codeOf(error: unknown): string | undefined {
  const { code } = (error ?? {}) as { code?: unknown };
  return typeof code === "string" ? code : undefined;
}

function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  // Several addresses of one host fail together.
  const first = error instanceof AggregateError ? (error.errors[0] as Error | undefined) : undefined;
  return (error.message || first?.message || codeOf(error) || error.name).split("\n")[0]!;
}
