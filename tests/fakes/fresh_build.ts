let built: Promise<void> | undefined;
const lockFile = "tests/.out/build.lock";

/**
 * `deno task test` builds before it starts the tests; a file that is run alone builds when `_fresh/` is stale, once, and not
 * while another process of tests does.
 */
export function freshBuild(): Promise<void> {
  return built ??= Deno.env.get("TEST_BUILT") === "1" ? Promise.resolve() : build();
}

async function build(): Promise<void> {
  await Deno.mkdir("tests/.out", { recursive: true });
  using lock = await Deno.open(lockFile, { create: true, write: true });
  await lock.lock(true);
  const { success, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["task", "--quiet", "build", "--if-stale"],
    stdin: "null",
    stdout: "null",
    stderr: "piped",
  }).output();
  if (!success) throw new Error(`The build failed: ${new TextDecoder().decode(stderr)}`);
}
