/** Descriptors that this process needs beside its sockets. */
const spare = 256;
const raisedFlag = "--raised";

/**
 * Sockets that may be opened to each of two servers, `wanted` at the most. Where the limit of open files is too low and may
 * be raised, this script is run again with a higher one, and its exit code is given.
 */
export async function socketsAllowed(wanted: number): Promise<{ sockets: number } | { exitCode: number }> {
  const limit = await openFiles("ulimit -n");
  const needed = 2 * wanted + spare;
  if (limit >= needed) return { sockets: wanted };
  if (!Deno.args.includes(raisedFlag) && await openFiles("ulimit -Hn") > limit) {
    const script = new URL(Deno.mainModule).pathname;
    const { code } = await new Deno.Command("sh", {
      args: [
        "-c",
        'ulimit -n "$(ulimit -Hn)"; exec "$0" "$@"',
        Deno.execPath(),
        "run",
        "-A",
        script,
        ...Deno.args,
        raisedFlag,
      ],
      stdin: "null",
    }).spawn().status;
    return { exitCode: code };
  }
  return { sockets: Math.max(1, Math.floor((limit - spare) / 2)) };
}

async function openFiles(question: string): Promise<number> {
  const { stdout } = await new Deno.Command("sh", { args: ["-c", question] }).output();
  const answer = new TextDecoder().decode(stdout).trim();
  return answer === "unlimited" ? Infinity : Number(answer);
}
