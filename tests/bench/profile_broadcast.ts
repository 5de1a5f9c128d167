/**
 * Where a server's time goes while broadcasts reach people who are connected:
 * `deno run -A tests/bench/profile_broadcast.ts [sockets] [accounts] [broadcasts]`.
 */
import { say } from "../../lib/platform/console.ts";
import { Child } from "./child.ts";
import { body, type Fanned, Lean, openingAtOnce } from "./lean.ts";
import type { LeanServerPlan, LeanServerReady } from "./lean_server.ts";
import { median } from "./numbers.ts";
import type { Profile } from "./profiler.ts";
import { spreadOf } from "./profile_spread.ts";

if (import.meta.main) {
  const [sockets = "2000", accounts = "10000", broadcasts = "30"] = Deno.args;
  const [takers, rounds] = [Number(sockets), Number(broadcasts)];
  const dir = await Deno.makeTempDir({ prefix: "behest-profile-" });
  try {
    await using lean = await Lean.start();
    const plan: LeanServerPlan = {
      dataDir: dir,
      senders: 1,
      takers,
      others: Math.max(0, Number(accounts) - takers),
    };
    const { child, ready } = await Child.start<LeanServerReady>("lean_server.ts", [JSON.stringify(plan)]);
    await using server = child;
    const open = (set: string, people: LeanServerReady["takers"]) =>
      lean.ask({
        do: "open",
        set,
        kind: "behest",
        addr: ready.addr,
        names: people.map(({ token }) => token),
        atOnce: openingAtOnce,
        window: 256,
      });
    await open("takers", ready.takers);
    await open("sender", ready.senders);
    const fan = (rounds: number) =>
      lean.ask<Fanned[]>({
        do: "fan",
        set: "takers",
        from: "sender",
        kind: "behest",
        topics: ["*"],
        payload: body,
        reached: takers,
        pid: server.pid,
        rounds,
      });
    await fan(5);
    await server.ask("profile");
    const found = await fan(rounds);
    say(spreadOf(await server.ask<Profile>("profiled"), rounds));
    const of = (name: keyof Fanned) => median(found.map((one) => one[name])).toFixed(1);
    say(`answer ${of("answerMs")} ms, first ${of("firstMs")}, last ${of("lastMs")}; CPU ${of("cpuMs")} ms`);
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
}
