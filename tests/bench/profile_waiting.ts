/**
 * Where a server's time goes while people receive and acknowledge what waits for them, or only connect:
 * `deno run -A tests/bench/profile_waiting.ts [backlog|connect] [people] [waiting for each]`.
 */
import { say } from "../../lib/platform/console.ts";
import { Child } from "./child.ts";
import { Lean, openingAtOnce, type Spent } from "./lean.ts";
import type { LeanServerPlan, LeanServerReady } from "./lean_server.ts";
import { peerWindow } from "./peers.ts";
import type { Profile } from "./profiler.ts";
import { spreadOf } from "./profile_spread.ts";

if (import.meta.main) {
  const [what = "backlog", people = "1", waiting = "10000"] = Deno.args;
  const each = what === "backlog" ? Number(waiting) : 0;
  const dir = await Deno.makeTempDir({ prefix: "behest-profile-" });
  try {
    await using lean = await Lean.start();
    const plan: LeanServerPlan = { dataDir: dir, senders: 25, takers: Number(people), waiting: each };
    const { child, ready } = await Child.start<LeanServerReady>("lean_server.ts", [JSON.stringify(plan)]);
    await using server = child;
    const names = ready.takers.map(({ token }) => token);
    const common = { kind: "behest", addr: ready.addr, names, atOnce: openingAtOnce } as const;
    await server.ask("profile");
    const spent = each > 0
      ? await lean.ask<Spent>({
        do: "backlog",
        set: "takers",
        ...common,
        window: peerWindow,
        each,
        pid: server.pid,
      })
      : await lean.ask<Spent>({ do: "open", set: "takers", ...common, pid: server.pid });
    const profile = await server.ask<Profile>("profiled");
    const count = Number(people) * Math.max(1, each);
    say(spreadOf(profile, count));
    say(
      `${(spent.cpuMs / count * 1000).toFixed(1)} µs of CPU each; ${(count / spent.ms * 1000).toFixed(0)}/s`,
    );
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
}
