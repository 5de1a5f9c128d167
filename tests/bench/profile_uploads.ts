/**
 * Where a server's time goes while it takes small uploads:
 * `deno run -A tests/bench/profile_uploads.ts [files] [at once] [bytes]`.
 */
import { say } from "../../lib/platform/console.ts";
import { Child } from "./child.ts";
import type { FilesServerReady } from "./files_server.ts";
import { Lean, type Spent } from "./lean.ts";
import type { Profile } from "./profiler.ts";
import { spreadOf } from "./profile_spread.ts";
import { threadsOf } from "./profile_threads.ts";

if (import.meta.main) {
  const [files = "500", atOnce = "8", bytes = "16384"] = Deno.args;
  const dir = await Deno.makeTempDir({ prefix: "behest-profile-" });
  try {
    await using lean = await Lean.start();
    const { child, ready } = await Child.start<FilesServerReady>("files_server.ts", [dir, "/dev/null"]);
    await using server = child;
    const upload = (each: number) =>
      lean.ask<Spent>({
        do: "uploads",
        set: "",
        kind: "behest",
        addr: `${ready.url}/api/v1/files?name=small.bin`,
        names: [ready.token],
        pid: server.pid,
        atOnce: Number(atOnce),
        bytes: Number(bytes),
        each,
      });
    await upload(100);
    await server.ask("profile");
    const before = await threadsOf(server.pid);
    const spent = await upload(Number(files));
    const threads = await threadsOf(server.pid);
    say(spreadOf(await server.ask<Profile>("profiled"), Number(files)));
    for (const [name, ms] of threads) {
      const us = (ms - (before.get(name) ?? 0)) / Number(files) * 1000;
      if (us >= 1) say(`${us.toFixed(0).padStart(6)} µs  ${name}`);
    }
    const each = (spent.cpuMs / Number(files) * 1000).toFixed(0);
    say(`${each} µs of CPU each; ${(Number(files) / spent.ms * 1000).toFixed(0)}/s`);
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
}
