import assert from "node:assert/strict";
import { WebPush } from "../../lib/adapters/push/mod.ts";
import { pushKeys } from "../../lib/adapters/push/mod.ts";
import { PostingThread, startPosting } from "../../lib/adapters/push/posting_thread.ts";
import type { PushMessage } from "../../lib/push/mod.ts";
import { FakeClock } from "../fakes/clock.ts";
import { type FakeDevice, FakePushService } from "../fakes/push_service.ts";
import { until } from "../fakes/until.ts";

const message: PushMessage = { text: '{"gone":["one"]}', urgency: "low", ttlSeconds: 60, topic: "one" };
/** More than are sent without a thread. */
const many = 40;
const never = new AbortController().signal;

/** A sender that may only ask the fake service, and the threads that it started. */
function senderFor(service: FakePushService) {
  const clock = new FakeClock(Date.now());
  const threads: { thread: PostingThread; worker: Worker; hosts: string[] }[] = [];
  const sender = new WebPush({
    keys: pushKeys(new Uint8Array(32).fill(7)),
    contact: "mailto:admin@example.org",
    named: [service.origin],
    clock,
    startThread(hosts) {
      let worker: Worker | undefined;
      const thread = new PostingThread(hosts, (some) => worker = startPosting(some) as Worker);
      threads.push({ thread, worker: worker!, hosts });
      return thread;
    },
  });
  const to = ({ subscription: { endpoint, keys } }: FakeDevice) => ({ endpoint, ...keys });
  return {
    clock,
    sender,
    threads,
    send: (device: FakeDevice, signal = never) => sender.send(to(device), message, signal),
    sendMany: (devices: readonly FakeDevice[]) =>
      Promise.all(devices.map((device) => sender.send(to(device), message, never))),
  };
}

Deno.test("UI-12: many pushes at once go through a thread of their own, and each has its service's answer", async () => {
  await using service = FakePushService.open();
  const { sender, threads, send, sendMany } = senderFor(service);
  try {
    const devices = Array.from({ length: many }, () => service.device());
    const [ann, bob, carl, dan] = devices as [FakeDevice, FakeDevice, FakeDevice, FakeDevice];
    assert.deepEqual(await send(ann), { kind: "sent", status: 201 });
    assert.equal(threads.length, 0, "a few are not worth a thread");

    // The last ones: the first of them go without the thread.
    const answers = [429, 410, 413, { status: 302, headers: { location: `${service.origin}/elsewhere` } }];
    for (const [at, answer] of answers.entries()) devices.at(-1 - at)!.answers.push(answer);
    const outcomes = await sendMany(devices);
    assert.equal(threads.length, 1);
    assert.ok(threads[0]!.hosts.includes(new URL(service.origin).host));
    assert.deepEqual(outcomes.slice(0, -answers.length).map(({ kind }) => kind), [
      ...new Array<string>(many - answers.length).fill("sent"),
    ]);
    assert.deepEqual(outcomes.slice(-answers.length).map((one) => [one.kind, one.status]).reverse(), [
      ["later", 429],
      ["gone", 410],
      ["refused", 413],
      ["refused", 302],
    ]);
    assert.deepEqual(bob.take().map(({ text }) => text), [message.text]);

    // Then one alone goes through it, and is given up when nobody waits any more.
    carl.answers.push("hang");
    const tooLong = new AbortController();
    const hanging = send(carl, tooLong.signal);
    await until(() => carl.tries === 2);
    tooLong.abort();
    assert.deepEqual(await hanging, { kind: "later", waitMs: null, status: null, why: "AbortError" });
    assert.deepEqual(
      await sender.send(
        { endpoint: dan.endpoint, p256dh: "AAAA", auth: dan.subscription.keys.auth },
        message,
        never,
      ),
      { kind: "gone", status: null },
      "a key that is none",
    );
    assert.deepEqual(service.complaints, []);
  } finally {
    sender.close();
  }
});

Deno.test("UI-12: the thread of pushes can ask push services and nothing else", async () => {
  await using service = FakePushService.open();
  const device = service.device();
  const { subscription: { keys } } = device;
  const thread = new PostingThread(["push.example.org:443"]);
  try {
    const posted = await thread.post(
      { endpoint: device.endpoint, ...keys, text: message.text, headers: {} },
      never,
    );
    assert.deepEqual(posted, { failed: "NotCapable" });
    assert.equal(device.tries, 0);
  } finally {
    thread.end();
  }
});

Deno.test("UI-12 WS-8: a thread that answers nothing holds up nobody who waits no more", async () => {
  const asked: unknown[] = [];
  const thread = new PostingThread([], () => ({
    postMessage: (question: unknown) => void asked.push(question),
    terminate: () => undefined,
    onmessage: null,
    onerror: null,
    onmessageerror: null,
  }));
  const tooLong = new AbortController();
  const one = { endpoint: "https://push.example.org/1", p256dh: "", auth: "", text: "", headers: {} };
  const posted = thread.post(one, tooLong.signal);
  await until(() => asked.length === 1);
  tooLong.abort();
  assert.deepEqual(await posted, { failed: "AbortError" });
  await until(() => asked.length === 2);
  assert.deepEqual(asked[1], { posts: [], ended: [1] });
});

Deno.test("UI-12: pushes go on when their thread died, and what it had is sent again", async () => {
  await using service = FakePushService.open();
  const { clock, sender, threads, send, sendMany } = senderFor(service);
  try {
    const devices = Array.from({ length: many }, () => service.device());
    await sendMany(devices);
    const [ann, bob] = devices as [FakeDevice, FakeDevice];
    ann.answers.push("hang");
    const hanging = send(ann);
    await until(() => ann.tries === 2);
    threads[0]!.worker.dispatchEvent(new ErrorEvent("error", { message: "out of memory", cancelable: true }));
    assert.equal((await hanging).kind, "later");
    assert.deepEqual(await send(bob), { kind: "sent", status: 201 });
    await sendMany(devices);
    assert.equal(threads.length, 1, "not at once again");
    await clock.advanceAsync(60_000);
    await sendMany(devices);
    assert.equal(threads.length, 2);
  } finally {
    sender.close();
  }
});
