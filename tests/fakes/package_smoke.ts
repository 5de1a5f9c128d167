/**
 * Run where there is no network: `package_smoke.ts BEHEST PATH`. Starts a package's `./behest` from the working directory with
 * nothing but PATH in its environment, has two people exchange a command, makes a backup, and stops the server.
 */
import assert from "node:assert/strict";
import { logIn } from "./server_process.ts";
import { TextLineStream } from "./text_lines.ts";

const [behest, path] = Deno.args as [string, string];
const env = { PATH: path, BEHEST_PORT: "0" };

async function ran(...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await new Deno.Command(behest, { args, env, clearEnv: true }).output();
  const text = new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr);
  assert.equal(code, 0, text);
  return text;
}

// What the start would compile too, once.
await ran("prepare");
const child = new Deno.Command(behest, {
  env,
  clearEnv: true,
  stdin: "null",
  stdout: "piped",
  stderr: "inherit",
}).spawn();
const lines = child.stdout.pipeThrough(new TextDecoderStream()).pipeThrough(new TextLineStream());
let said = "";
let origin = "";
let password = "";
for await (const line of lines.values({ preventCancel: true })) {
  said += `${line}\n`;
  origin ||= /serving on (\S+)/.exec(line)?.[1] ?? "";
  password = /with the password (\S+)/.exec(line)?.[1] ?? "";
  if (password !== "") break;
}
assert.ok(origin !== "" && password !== "", `It did not start: ${said}`);

async function ask(token: string, place: string, body?: object): Promise<Record<string, unknown>> {
  const response = await fetch(`${origin}/api/v1${place}`, {
    method: body === undefined ? "GET" : "POST",
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
    ...body === undefined ? {} : { body: JSON.stringify(body) },
  });
  const text = await response.text();
  assert.ok(response.ok, `${place}: ${response.status} ${text}`);
  return JSON.parse(text);
}

const ann = await logIn(origin, "demo-ann", password);
const bob = await logIn(origin, "demo-bob", password);
await ask(ann, "/commands", {
  key: "smoke",
  audience: { kind: "user", to: ["demo-bob"] },
  kind: "message",
  title: "From the package",
});
assert.match(JSON.stringify(await ask(bob, "/commands?box=inbox")), /From the package/);

const page = await (await fetch(`${origin}/login`)).text();
const files = [...page.matchAll(/"(\/[^"\s]+\.(?:js|css)(?:\?[^"\s]*)?)"/g)].map(([, found]) => found!);
assert.ok(files.some((file) => /\.js/.test(file)) && files.some((file) => /\.css/.test(file)), page);
for (const file of files) {
  const response = await fetch(origin + file.replaceAll("&amp;", "&"));
  await response.body?.cancel();
  assert.equal(response.status, 200, file);
}

await ran("backup", "smoke.backup");
assert.match(await ran("verify-backup", "smoke.backup"), /^Whole: \d+ files/);

child.kill("SIGTERM");
assert.equal((await child.status).code, 0);
assert.match(await ran("audit-verify"), /entr/);
