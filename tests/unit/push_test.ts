import assert from "node:assert/strict";
import { JobRunner } from "../../lib/adapters/kv/jobs.ts";
import { kvPushStore } from "../../lib/adapters/kv/push_store.ts";
import { openStore, type Store } from "../../lib/adapters/kv/store.ts";
import { silentLog } from "../../lib/platform/mod.ts";
import { limits, Refusal } from "../../lib/protocol/mod.ts";
import { isPushService, Push, type PushJob, type PushOutcome } from "../../lib/push/mod.ts";
import { FakeClock } from "../fakes/clock.ts";
import { dump } from "../fakes/kv_stores.ts";

const hourMs = 3600_000;
const endpoint = (name: string) => `https://fcm.googleapis.com/fcm/send/${name}`;

function caller(userId: string, sessionId = `session of ${userId}`) {
  return {
    userId,
    username: userId,
    displayName: userId,
    role: "member" as const,
    rights: { broadcast: false },
    sessionId,
    device: "web",
    address: "192.0.2.1",
    requestId: "test",
    sessionExpiresAt: "2026-01-02T00:00:00.000Z",
  };
}

/** Push over a real store and job runner, with push services, consent and presence by hand. */
class PushRig implements AsyncDisposable {
  readonly clock = new FakeClock();
  readonly sent: string[] = [];
  readonly online = new Set<string>();
  readonly ended = new Set<string>();
  readonly suspended = new Set<string>();
  readonly outcomes: PushOutcome[] = [];
  waits: { now: boolean; fromMs: number | null } = { now: true, fromMs: null };
  looked = 0;
  readonly store: Store;
  readonly push: Push;
  readonly jobs: JobRunner<PushJob>;

  private constructor(store: Store, options: { on: boolean; exclusive: boolean }) {
    this.store = store;
    const { clock } = this;
    this.push = new Push({
      store: kvPushStore(store, clock),
      sender: options.on
        ? {
          publicKey: "the key",
          send: (to) => {
            this.sent.push(to);
            return Promise.resolve(this.outcomes.shift() ?? { kind: "sent" });
          },
        }
        : null,
      isOnline: (userId) => this.online.has(userId),
      waits: () => {
        this.looked++;
        return Promise.resolve(this.waits);
      },
      isActive: (userId) => Promise.resolve(!this.suspended.has(userId)),
      hasSession: (sessionId) => Promise.resolve(!this.ended.has(sessionId)),
      clock,
      log: silentLog,
      exclusive: options.exclusive,
    });
    this.jobs = new JobRunner<PushJob>({
      kv: store.kv,
      clock,
      log: silentLog,
      run: (job) => this.push.run(job),
    });
  }

  static async open(options: { on?: boolean; exclusive?: boolean } = {}): Promise<PushRig> {
    const rig = new PushRig(await openStore(":memory:"), { on: true, exclusive: true, ...options });
    await rig.push.start();
    return rig;
  }

  async subscribe(userId: string, name = userId, sessionId?: string): Promise<void> {
    const done = await this.push.subscribe(caller(userId, sessionId), { endpoint: endpoint(name) });
    assert.equal(done, true);
  }

  /** Rings, lets the time pass in which somebody may come back, and runs what is due. */
  async ring(userId: string, passMs = 10_000): Promise<void> {
    this.push.ring(userId);
    await this.pass(passMs);
  }

  async pass(ms: number): Promise<void> {
    await this.push.idle();
    this.clock.advance(ms);
    await this.jobs.runDue();
    await this.push.idle();
  }

  /** Push services that were asked since the last look. */
  took(): string[] {
    return this.sent.splice(0).map((to) => to.slice(to.lastIndexOf("/") + 1));
  }

  async planned(): Promise<number> {
    return (await dump(this.store.kv, ["job"])).length;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.push[Symbol.asyncDispose]();
    await this.jobs[Symbol.asyncDispose]();
    await this.store[Symbol.asyncDispose]();
  }
}

Deno.test("UI-7: addresses of push services, and nothing that only looks like one", () => {
  for (
    const good of [
      "https://fcm.googleapis.com/fcm/send/abc",
      "https://updates.push.services.mozilla.com/wpush/v2/abc",
      "https://web.push.apple.com/abc",
      "https://a.b.push.apple.com/abc",
      "https://wns2-db5p.notify.windows.com/w/?token=abc",
    ]
  ) assert.ok(isPushService(good), good);
  for (
    const bad of [
      "",
      "abc",
      "http://fcm.googleapis.com/fcm/send/abc",
      "https://fcm.googleapis.com:8443/fcm/send/abc",
      "https://user@fcm.googleapis.com/",
      "https://fcm.googleapis.com@evil.example/",
      "https://fcm.googleapis.com.evil.example/",
      "https://evil.example/fcm.googleapis.com",
      "https://xfcm.googleapis.com/",
      "https://push.apple.com/",
      "https://evilpush.apple.com.evil.example/",
      "https://evil-push.apple.com/",
      "https://127.0.0.1/",
      "https://[::1]/",
      "https://localhost/",
      "https://169.254.169.254/latest/meta-data",
      "file:///etc/passwd",
      "https://.push.apple.com.evil/",
    ]
  ) assert.ok(!isPushService(bad), bad);
});

Deno.test("UI-7: an address elsewhere is refused, and so is one device too many", async () => {
  await using rig = await PushRig.open();
  const refused = await rig.push.subscribe(caller("ann"), { endpoint: "https://127.0.0.1/" });
  assert.ok(refused instanceof Refusal && refused.kind === "invalid_params");
  for (let device = 0; device < limits.pushDevices; device++) await rig.subscribe("ann", `ann${device}`);
  const full = await rig.push.subscribe(caller("ann"), { endpoint: endpoint("more") });
  assert.ok(full instanceof Refusal && full.kind === "conflict");
  await rig.subscribe("ann", "ann0");
  assert.deepEqual(await dump(rig.store.kv, ["push", "bob"]), []);
});

Deno.test("UI-7: who has no line is told once, on each device, some seconds later", async () => {
  await using rig = await PushRig.open();
  await rig.subscribe("ann", "phone");
  await rig.subscribe("ann", "desk");
  await rig.subscribe("bob");
  rig.push.ring("ann");
  rig.push.ring("ann");
  await rig.pass(9_999);
  assert.deepEqual(rig.took(), []);
  await rig.pass(1);
  assert.deepEqual(rig.took().sort(), ["desk", "phone"]);
  await rig.pass(hourMs);
  assert.deepEqual(rig.took(), []);
  assert.equal(await rig.planned(), 0);
});

Deno.test("UI-7: nobody is told who has a line, be it when it comes or when it would be told", async () => {
  await using rig = await PushRig.open();
  await rig.subscribe("ann");
  rig.online.add("ann");
  await rig.ring("ann");
  rig.online.delete("ann");
  rig.push.ring("ann");
  rig.online.add("ann");
  await rig.pass(10_000);
  assert.deepEqual(rig.took(), []);
  assert.equal(await rig.planned(), 0);
});

Deno.test("CO-4 CO-6 UI-7: what the person's rules hold back is told when they let it through, or never", async () => {
  await using rig = await PushRig.open();
  await rig.subscribe("ann");
  rig.waits = { now: false, fromMs: null };
  await rig.ring("ann");
  assert.equal(await rig.planned(), 0, "stopped, or nothing for them: nothing is left");
  rig.waits = { now: false, fromMs: rig.clock.now() + 8 * hourMs };
  await rig.ring("ann");
  assert.equal(await rig.planned(), 1);
  await rig.ring("ann");
  assert.equal(await rig.planned(), 1, "one look stands for all that came");
  rig.waits = { now: true, fromMs: null };
  await rig.pass(7 * hourMs);
  assert.deepEqual(rig.took(), []);
  await rig.pass(hourMs);
  assert.deepEqual(rig.took(), ["ann"]);
});

Deno.test("UI-7: a device is told at most once an hour; what came meanwhile is told after it", async () => {
  await using rig = await PushRig.open();
  await rig.subscribe("ann");
  await rig.ring("ann");
  assert.deepEqual(rig.took(), ["ann"]);
  await rig.ring("ann");
  assert.deepEqual(rig.took(), []);
  await rig.pass(hourMs - 20_000);
  assert.deepEqual(rig.took(), []);
  await rig.pass(20_000);
  assert.deepEqual(rig.took(), ["ann"]);
  assert.equal(await rig.planned(), 0);
});

Deno.test("UI-7: a push service that fails is asked again, later and later, and not for ever", async () => {
  await using rig = await PushRig.open();
  await rig.subscribe("ann");
  for (let n = 0; n < 3; n++) rig.outcomes.push({ kind: "later", waitMs: null, why: "HTTP 500" });
  await rig.ring("ann");
  for (const waitMs of [30_000, 60_000, 120_000]) {
    assert.deepEqual(rig.took(), ["ann"]);
    await rig.pass(waitMs - 1);
    assert.deepEqual(rig.took(), []);
    await rig.pass(1);
  }
  assert.deepEqual(rig.took(), ["ann"]);
  assert.equal(await rig.planned(), 0);

  await rig.pass(2 * hourMs);
  rig.outcomes.push({ kind: "later", waitMs: 300_000, why: "HTTP 429" });
  await rig.ring("ann");
  await rig.pass(299_999);
  assert.deepEqual(rig.took(), ["ann"]);
  await rig.pass(1);
  assert.deepEqual(rig.took(), ["ann"]);

  await rig.pass(2 * hourMs);
  for (let n = 0; n < 100; n++) rig.outcomes.push({ kind: "later", waitMs: null, why: "TypeError" });
  await rig.ring("ann");
  for (let hour = 0; hour < 30; hour++) await rig.pass(hourMs);
  const tries = rig.took().length;
  assert.ok(tries > 5 && tries < 50, `${tries}`);
  assert.equal(await rig.planned(), 0);
});

Deno.test("UI-7: one device's failure is not told again to the other", async () => {
  await using rig = await PushRig.open();
  await rig.subscribe("ann", "phone");
  await rig.subscribe("ann", "desk");
  rig.outcomes.push({ kind: "sent" }, { kind: "later", waitMs: null, why: "HTTP 503" });
  await rig.ring("ann");
  const [, failed] = rig.took();
  await rig.pass(hourMs / 2);
  assert.deepEqual(rig.took(), [failed]);
  await rig.pass(2 * hourMs);
  assert.deepEqual(rig.took(), []);
});

Deno.test("UI-7: a suspended person is not told, and their browser is forgotten", async () => {
  await using rig = await PushRig.open();
  await rig.subscribe("ann");
  rig.suspended.add("ann");
  await rig.ring("ann");
  assert.deepEqual(rig.sent, []);
  rig.suspended.delete("ann");
  await rig.ring("ann");
  assert.deepEqual(rig.sent, []);
});

Deno.test("UI-7: a subscription that its push service ended is removed; a refusal of another kind keeps it", async () => {
  await using rig = await PushRig.open();
  await rig.subscribe("ann");
  rig.outcomes.push({ kind: "refused", why: "HTTP 400" }, { kind: "gone" });
  await rig.ring("ann");
  assert.deepEqual(rig.took(), ["ann"]);
  assert.equal(await rig.planned(), 0);
  await rig.ring("ann");
  assert.deepEqual(rig.took(), ["ann"]);
  assert.deepEqual(
    await dump(rig.store.kv),
    (await dump(rig.store.kv)).filter(([key]) => key[0] === "migration"),
  );
  await rig.ring("ann");
  assert.deepEqual(rig.took(), []);
});

Deno.test("AU-6 UI-7: a logout ends what that login switched on, and nothing else", async () => {
  await using rig = await PushRig.open();
  await rig.subscribe("ann", "phone", "one");
  await rig.subscribe("ann", "desk", "two");
  rig.push.sessionEnded("one");
  await rig.ring("ann");
  assert.deepEqual(rig.took(), ["desk"]);
  // Renewed by a later login: the earlier one's end means nothing to it.
  await rig.subscribe("ann", "desk", "three");
  rig.push.sessionEnded("two");
  await rig.pass(hourMs);
  await rig.ring("ann");
  assert.deepEqual(rig.took(), ["desk"]);
  rig.ended.add("three");
  await rig.pass(hourMs);
  await rig.ring("ann");
  assert.deepEqual(rig.took(), [], "the end was not heard of, and holds all the same");
  assert.deepEqual(await dump(rig.store.kv, ["push"]), []);
});

Deno.test("UI-7: a browser belongs to who was last told so; switched off is off", async () => {
  await using rig = await PushRig.open();
  await rig.subscribe("ann", "shared");
  await rig.subscribe("bob", "shared");
  await rig.ring("ann");
  assert.deepEqual(rig.took(), []);
  await rig.ring("bob");
  assert.deepEqual(rig.took(), ["shared"]);
  await rig.push.unsubscribe(caller("ann"), { endpoint: endpoint("shared") });
  await rig.pass(hourMs);
  await rig.ring("bob");
  assert.deepEqual(rig.took(), ["shared"], "not for others to switch off");
  await rig.push.unsubscribe(caller("bob"), { endpoint: endpoint("shared") });
  await rig.pass(hourMs);
  await rig.ring("bob");
  assert.deepEqual(rig.took(), []);
});

Deno.test("UI-7: a renewal does not bring the hour forward, and 90 days without one end it", async () => {
  await using rig = await PushRig.open();
  await rig.subscribe("ann");
  await rig.ring("ann");
  assert.deepEqual(rig.took(), ["ann"]);
  await rig.subscribe("ann");
  await rig.ring("ann");
  assert.deepEqual(rig.took(), []);
  await rig.pass(90 * 24 * hourMs);
  rig.took();
  await rig.ring("ann");
  assert.deepEqual(rig.took(), []);
});

Deno.test("BR-4 UI-7: after a command to many everybody with a device is looked at, and told only what is theirs", async () => {
  for (const exclusive of [true, false]) {
    await using rig = await PushRig.open({ exclusive });
    await rig.subscribe("ann");
    await rig.subscribe("bob");
    rig.online.add("bob");
    rig.push.ringAll();
    await rig.pass(0);
    await rig.pass(10_000);
    assert.deepEqual(rig.took(), ["ann"]);
    assert.equal(rig.looked, 1);
  }
});

Deno.test("UI-7: where it is switched off nothing is taken, planned or sent", async () => {
  await using rig = await PushRig.open({ on: false });
  assert.deepEqual(rig.push.state(), { key: null });
  const refused = await rig.push.subscribe(caller("ann"), { endpoint: endpoint("ann") });
  assert.ok(refused instanceof Refusal && refused.kind === "unavailable");
  rig.push.ringAll();
  await rig.ring("ann");
  assert.equal(await rig.planned(), 0);
});

Deno.test("UI-7: after a restart those who had it on are still told", async () => {
  await using rig = await PushRig.open();
  await rig.subscribe("ann");
  await rig.push[Symbol.asyncDispose]();
  const clock = new FakeClock(rig.clock.now());
  const sent: string[] = [];
  await using again = new Push({
    store: kvPushStore(rig.store, clock),
    sender: {
      publicKey: "the key",
      send: (to) => {
        sent.push(to);
        return Promise.resolve({ kind: "sent" });
      },
    },
    isOnline: () => false,
    waits: () => Promise.resolve({ now: true, fromMs: null }),
    isActive: () => Promise.resolve(true),
    hasSession: () => Promise.resolve(true),
    clock,
    log: silentLog,
    exclusive: true,
  });
  await again.start();
  again.ring("ann");
  await again.idle();
  const [[, job] = []] = await dump(rig.store.kv, ["job"]);
  await again.run(job as PushJob);
  await again.idle();
  assert.deepEqual(sent, [endpoint("ann")]);
});
