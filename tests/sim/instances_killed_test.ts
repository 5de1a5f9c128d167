import assert from "node:assert/strict";
import { leaseMs } from "../../lib/cluster/mod.ts";
import { InstanceProcess } from "../fakes/instance_process.ts";
import type { PostgresPlace } from "../../lib/adapters/postgres/mod.ts";
import { emptyPlace, sharedPort } from "../fakes/postgres_process.ts";
import { until } from "../fakes/until.ts";

/** `INSTANCES=1` also halts one for longer than its lease, which takes half a minute, and says what was measured. */
const whole = Deno.env.has("INSTANCES");
const rings = 100;

async function two(): Promise<[InstanceProcess, InstanceProcess, PostgresPlace]> {
  const place = await emptyPlace();
  const one = await InstanceProcess.start(place);
  const other = await InstanceProcess.start(place);
  for (const who of ["ann", "bob"]) {
    await one.call({ call: "login", who });
    await other.call({ call: "login", who });
  }
  assert.equal(await one.call({ call: "contact", who: "ann", to: "bob" }), "taken");
  return [one, other, place];
}

function instancesTest(name: string, fn: () => Promise<void>): void {
  // The server of all tests may be started by the first of them.
  Deno.test({
    name,
    sanitizeOps: sharedPort !== undefined,
    sanitizeResources: sharedPort !== undefined,
    fn,
  });
}

function say(what: string, ms: readonly number[]): void {
  const sorted = [...ms].sort((a, b) => a - b);
  const at = (part: number) =>
    sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))]!.toFixed(1);
  // deno-lint-ignore no-console -- whoever asks for the whole test wants to know what was measured
  if (whole) console.log(`${what}: median ${at(0.5)} ms, p99 ${at(0.99)} ms, ${sorted.length} times`);
}

instancesTest(
  "OP-7: of two instances under load one is killed, and nothing that either answered is lost",
  async () => {
    const [one, other] = await two();
    await using _one = one;
    await using _other = other;
    await other.call({ call: "listen", who: "bob", device: "phone" });

    const answered = new Set<string>();
    let over = false;
    const sender = async (at: InstanceProcess, name: string) => {
      for (let n = 0; !over; n++) {
        const title = `${name}-${n}`;
        if (await at.call({ call: "send", who: "ann", to: "bob", title }) === "taken") answered.add(title);
      }
    };
    const senders = ["a", "b", "c", "d"].map((name, at) => sender(at % 2 === 0 ? one : other, name));
    const answeredBy = (names: RegExp) => [...answered].filter((title) => names.test(title)).length;
    await until(() => answeredBy(/^[ac]/) >= 20 && answeredBy(/^[bd]/) >= 20, "answers of both");
    one.signal("SIGKILL");
    const before = answeredBy(/^[bd]/);
    await until(() => answeredBy(/^[bd]/) >= before + 20, "more answers of the other one");
    over = true;
    await Promise.all([senders[1], senders[3]]);
    await until(() => {
      const had = new Set(other.titles("phone"));
      return [...answered].every((title) => had.has(title));
    }, "everything that was answered");
    const all = other.titles("phone");
    assert.equal(new Set(all).size, all.length, "nothing comes twice");
    for (const name of ["a", "b", "c", "d"]) {
      const own = all.filter((title) => title.startsWith(name)).map((title) => Number(title.slice(2)));
      assert.deepEqual(own, [...own].sort((x, y) => x - y), `what ${name} sent comes in its order`);
    }
  },
);

if (whole) {
  instancesTest(
    "OP-7, CO-6, AU-3: a stop waits for an instance that is halted, and that one sends nothing after it",
    async () => {
      const [one, other, place] = await two();
      await using _one = one;
      await using _other = other;
      await one.call({ call: "listen", who: "bob", device: "tablet" });
      await other.call({ call: "listen", who: "bob", device: "phone" });

      const ringMs: number[] = [];
      for (let n = 0; n < rings; n++) {
        const startedAt = performance.now();
        await other.call({ call: "send", who: "ann", to: "bob", title: `ring-${n}` });
        const answeredAt = performance.now();
        const heard = await until(() => one.delivered.find(({ title }) => title === `ring-${n}`), "the ring");
        ringMs.push(heard.at - Math.min(answeredAt, heard.at));
        assert.ok(startedAt < heard.at);
      }
      say("from the answer of a send to its delivery on the other instance", ringMs);

      const stopMs: number[] = [];
      for (let n = 0; n < 20; n++) {
        const startedAt = performance.now();
        assert.equal(await other.call({ call: "stop", who: "bob" }), "taken");
        stopMs.push(performance.now() - startedAt);
        assert.equal(await other.call({ call: "resume", who: "bob" }), "taken");
      }
      say("a stop with both alive", stopMs);

      one.signal("SIGSTOP");
      await other.call({ call: "send", who: "ann", to: "bob", title: "before the stop" });
      const startedAt = performance.now();
      let answered = false;
      const stopping = other.call({ call: "stop", who: "bob" }).then(() => answered = true);
      await until(() => performance.now() - startedAt > 3_000, "three seconds");
      assert.equal(answered, false, "the halted one could still go on");
      await stopping;
      say("a stop with one halted", [performance.now() - startedAt]);
      assert.ok(performance.now() - startedAt < leaseMs + 5_000);
      const had = one.titles("tablet").length;
      one.signal("SIGCONT");
      await until(() => one.ended, "the end of the one that was halted");
      assert.match(one.lost ?? "", /lease/);
      assert.equal(one.titles("tablet").length, had, "it sent nothing after the stop's answer");

      // The next one in its place takes part, and hears of an ended session at once.
      await using next = await InstanceProcess.start(place);
      await next.call({ call: "login", who: "bob" });
      await other.call({ call: "resume", who: "bob" });
      await next.call({ call: "listen", who: "bob", device: "watch" });
      await other.call({ call: "send", who: "ann", to: "bob", title: "after it" });
      await until(() => next.titles("watch").includes("after it"), "a command at the next one");
      assert.equal(next.closed.has("watch"), false);
      const revokedAt = performance.now();
      await other.call({ call: "endOthers", who: "bob" });
      await until(() => next.closed.has("watch"), "the end of the session on the other instance");
      say("the end of a session", [performance.now() - revokedAt]);
    },
  );
}
