import assert from "node:assert/strict";
import { mappingOf, Runner } from "../../sdk/cli/runner.ts";
import type { Command } from "../../sdk/typescript/mod.ts";
import { until } from "../fakes/until.ts";

const command = {
  id: "01ARZ3NDEKTSV4RRFFQ69G5FAV",
  kind: "message",
  title: "-rf {body} $(id)",
  body: "`id`; id",
  from: { id: "1", username: "eve", displayName: "Eve" },
} as Command;

Deno.test("OP-11: a command's words are values for a mapped program: no shell, no option, no place of another value", async () => {
  const mapping = mappingOf("message", "printf '%s|' {title} x{body} -- {title}");
  const { outcome, output } = await new Runner(60_000).run(mapping, command);
  assert.equal(outcome, "done");
  assert.equal(output, " -rf {body} $(id)|x`id`; id|--|-rf {body} $(id)|");
});

Deno.test("OP-11, CO-6: a stop does not wait for what a mapped program started outside of its group", async () => {
  const runner = new Runner(60_000);
  const file = await Deno.makeTempFile();
  const running = runner.run(
    mappingOf("message", `sh -c 'setsid sh -c "echo \\$\\$ > ${file}; exec sleep 30" & wait'`),
    command,
  );
  const pid = Number(
    await until(
      async () => (await Deno.readTextFile(file)).trim() || null,
      "the program that leaves its group",
    ),
  );
  try {
    runner.stop();
    assert.equal((await running).outcome, "stopped");
  } finally {
    // It still runs.
    Deno.kill(pid, "SIGKILL");
    await Deno.remove(file);
  }
});
