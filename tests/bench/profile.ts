/**
 * Where a server's time goes: the CPU time of its threads, and its JavaScript by function. For a person who looks for the
 * next thing to make faster: `deno run -A tests/bench/profile.ts [senders] [in flight] [on|off]`.
 */
import { say } from "../../lib/platform/console.ts";
import type { Profile } from "./profiler.ts";
import { measureSends, type SendPlan } from "./sends.ts";
import { spreadOf } from "./profile_spread.ts";
import { threadsOf } from "./profile_threads.ts";

const file = "tests/.out/sends.cpuprofile";

if (import.meta.main) {
  const [senders = "200", inFlight = "4", online = "off"] = Deno.args;
  const plan: SendPlan = { senders: Number(senders), inFlight: Number(inFlight), online: online === "on" };
  const dir = await Deno.makeTempDir({ prefix: "behest-profile-" });
  await Deno.mkdir("tests/.out", { recursive: true });
  try {
    let before = new Map<string, number>();
    const threads: string[] = [];
    const rate = await measureSends(dir, plan, {
      async begun(server) {
        await server.ask("profile");
        before = await threadsOf(server.pid);
      },
      async ended(server, sends) {
        for (const [name, ms] of await threadsOf(server.pid)) {
          const us = (ms - (before.get(name) ?? 0)) / sends * 1000;
          if (us >= 1) threads.push(`${us.toFixed(0).padStart(6)} µs  ${name}`);
        }
        const profile = await server.ask<Profile>("profiled");
        await Deno.writeTextFile(file, JSON.stringify(profile));
        say(spreadOf(profile, sends));
      },
    });
    say("CPU time of threads for one send:\n" + threads.join("\n"));
    say(JSON.stringify(rate, null, 2));
    say(`For a viewer: ${file}`);
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
}
