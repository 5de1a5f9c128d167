import process from "node:process";
import { Counter, Gauge, Histogram, Registry } from "prom-client";
import type { Clock, Timer } from "../../platform/mod.ts";
import type { Done, Meters } from "../../platform/meters.ts";

/** Bounds in seconds: from a read in memory to what people would call hanging. */
const seconds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10];
/** Writes in one commit; the committer's own limit is 500 mutations. */
const writes = [1, 2, 5, 10, 25, 50, 100, 250];
/** How often the event loop is asked whether it comes in time. */
const loopMs = 500;

/** What is asked for at each look, not counted. */
export interface Gauges {
  connections(): number;
  /** Jobs whose time has come, up to a bound. */
  jobsDue(): Promise<number>;
  /** The disk of the data directory; null when it cannot be looked at. */
  disk(): Promise<{ usedBytes: number; freeBytes: number } | null>;
  /** Lines that the log's file did not take since the start. */
  logLost(): number;
  /** The checks and warnings of `/readyz`. */
  checks(): Promise<readonly { name: string; ok: boolean }[]>;
}

/** Counts in memory, and writes them as Prometheus reads them. */
export class PrometheusMeters implements Meters, Disposable {
  readonly #registry = new Registry();
  readonly #requests = new Counter({
    name: "behest_http_requests_total",
    help: "Requests over HTTP, by route, method and status.",
    labelNames: ["route", "method", "status"],
    registers: [this.#registry],
  });
  readonly #requestSeconds = new Histogram({
    name: "behest_http_request_seconds",
    help: "Time from a request over HTTP to the head of its answer.",
    buckets: seconds,
    registers: [this.#registry],
  });
  readonly #calls = new Counter({
    name: "behest_calls_total",
    help: "Calls over sockets, by method and outcome: ok, the code of the refusal, or thrown.",
    labelNames: ["method", "outcome"],
    registers: [this.#registry],
  });
  readonly #callSeconds = new Histogram({
    name: "behest_call_seconds",
    help: "Time from a call over a socket to its result.",
    labelNames: ["method"],
    buckets: seconds,
    registers: [this.#registry],
  });
  readonly #pushes = new Counter({
    name: "behest_pushes_total",
    help: "Pushes, by push service and outcome: sent, gone, later or refused.",
    labelNames: ["service", "outcome"],
    registers: [this.#registry],
  });
  readonly #pushSeconds = new Histogram({
    name: "behest_push_seconds",
    help: "Time from a push to its push service's answer, with its wait for the service.",
    labelNames: ["service"],
    buckets: seconds,
    registers: [this.#registry],
  });
  readonly #commitSeconds = new Histogram({
    name: "behest_commit_seconds",
    help: "Time of a commit, synced to the disk.",
    buckets: seconds,
    registers: [this.#registry],
  });
  readonly #commitWrites = new Histogram({
    name: "behest_commit_writes",
    help: "Writes that share a commit.",
    buckets: writes,
    registers: [this.#registry],
  });
  readonly #loopDelay = new Histogram({
    name: "behest_event_loop_delay_seconds",
    help: `How late a timer of ${loopMs} ms came.`,
    buckets: seconds,
    registers: [this.#registry],
  });
  readonly #clock: Clock;
  #timer: Timer | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#processGauges();
  }

  request(): (route: string, method: string, status: number) => void {
    const end = this.#requestSeconds.startTimer();
    return (route, method, status) => {
      end();
      this.#requests.inc({ route, method, status });
    };
  }

  call(method: string): Done {
    const end = this.#callSeconds.startTimer({ method });
    return (outcome) => {
      end();
      this.#calls.inc({ method, outcome });
    };
  }

  push(service: string): Done {
    const end = this.#pushSeconds.startTimer({ service });
    return (outcome) => {
      end();
      this.#pushes.inc({ service, outcome });
    };
  }

  commit(count: number): () => void {
    this.#commitWrites.observe(count);
    return this.#commitSeconds.startTimer();
  }

  /** Begins to ask whether the event loop comes in time; until it is disposed of. */
  start(): void {
    const from = performance.now();
    this.#timer = this.#clock.after(loopMs, () => {
      this.#loopDelay.observe(Math.max(0, performance.now() - from - loopMs) / 1000);
      this.start();
    });
  }

  /** OP-6: whether the server's own backups work. Once, and only where they are configured. */
  watchBackups(health: () => Promise<{ failed: string | null; newestMs: number | null }>): void {
    const registers = [this.#registry];
    const now = () => this.#clock.now();
    new Gauge({
      name: "behest_backup_ok",
      help: "1 unless the last backup failed.",
      registers,
      async collect() {
        this.set((await health()).failed === null ? 1 : 0);
      },
    });
    new Gauge({
      name: "behest_backup_age_seconds",
      help: "Time since the newest backup was begun; NaN without one.",
      registers,
      async collect() {
        const { newestMs } = await health();
        this.set(newestMs === null ? NaN : (now() - newestMs) / 1000);
      },
    });
  }

  /** Adds what is asked for at each look. Once. */
  watch({ connections, jobsDue, disk, logLost, checks }: Gauges): void {
    const registers = [this.#registry];
    new Gauge({
      name: "behest_connections",
      help: "Open sockets.",
      registers,
      collect() {
        this.set(connections());
      },
    });
    new Gauge({
      name: "behest_jobs_due",
      help: "Jobs whose time has come, 1,000 at most.",
      registers,
      async collect() {
        this.set(await jobsDue());
      },
    });
    new Gauge({
      name: "behest_disk_bytes",
      help: "The disk of the data directory, used and free.",
      labelNames: ["part"],
      registers,
      async collect() {
        const space = await disk();
        this.set({ part: "used" }, space?.usedBytes ?? NaN);
        this.set({ part: "free" }, space?.freeBytes ?? NaN);
      },
    });
    new Gauge({
      name: "behest_log_lost_lines",
      help: "Lines that the log's file did not take since the start.",
      registers,
      collect() {
        this.set(logLost());
      },
    });
    new Gauge({
      name: "behest_check_ok",
      help: "The checks and warnings of /readyz: 1 when all is well, 0 when not.",
      labelNames: ["check"],
      registers,
      async collect() {
        for (const { name, ok } of await checks()) this.set({ check: name }, ok ? 1 : 0);
      },
    });
  }

  /** The text that Prometheus reads, and its type. */
  async text(): Promise<{ text: string; type: string }> {
    return { text: await this.#registry.metrics(), type: this.#registry.contentType };
  }

  [Symbol.dispose](): void {
    this.#timer?.cancel();
  }

  #processGauges(): void {
    const registers = [this.#registry];
    new Gauge({
      name: "process_resident_memory_bytes",
      help: "Memory of the process.",
      registers,
      collect() {
        this.set(Deno.memoryUsage().rss);
      },
    });
    new Gauge({
      name: "behest_heap_bytes",
      help: "Memory that JavaScript uses.",
      registers,
      collect() {
        this.set(Deno.memoryUsage().heapUsed);
      },
    });
    new Gauge({
      name: "process_cpu_seconds_total",
      help: "Processor time of the process.",
      registers,
      collect() {
        const { user, system } = process.cpuUsage();
        this.set((user + system) / 1e6);
      },
    });
    new Gauge({ name: "process_start_time_seconds", help: "When the process started.", registers })
      .set(this.#clock.now() / 1000);
  }
}
