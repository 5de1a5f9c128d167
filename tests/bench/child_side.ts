import process from "node:process";
import { TextLineStream } from "../fakes/text_lines.ts";
import type { Usage } from "./child.ts";

/** Tells the bench that this server is up, then answers its commands until the bench ends. */
export async function answerCommands(
  ready: unknown,
  commands: Record<string, () => unknown> = {},
): Promise<void> {
  const known: Record<string, () => unknown> = { usage, cpu: cpuMs, ...commands };
  await say(ready);
  const lines = Deno.stdin.readable.pipeThrough(new TextDecoderStream()).pipeThrough(new TextLineStream());
  for await (const line of lines) {
    const command = known[line];
    if (command === undefined) throw new Error(`There is no command "${line}".`);
    await say(await command());
  }
}

export function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/** After a collection, so that garbage does not count as memory in use. */
function usage(): Usage {
  (globalThis as { gc?: () => void }).gc?.();
  return { cpuMs: cpuMs(), rssBytes: Deno.memoryUsage().rss };
}

async function say(value: unknown): Promise<void> {
  const bytes = new TextEncoder().encode(JSON.stringify(value ?? null) + "\n");
  for (let at = 0; at < bytes.length;) at += await Deno.stdout.write(bytes.subarray(at));
}
