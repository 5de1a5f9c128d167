/** CPU time of each thread of a process by its name, in ms (Linux). */
export async function threadsOf(pid: number): Promise<Map<string, number>> {
  const times = new Map<string, number>();
  for await (const { name: id } of Deno.readDir(`/proc/${pid}/task`)) {
    try {
      const stat = await Deno.readTextFile(`/proc/${pid}/task/${id}/stat`);
      const name = stat.slice(stat.indexOf("(") + 1, stat.lastIndexOf(")"));
      const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
      // User and system time in ticks of 10 ms.
      times.set(name, (times.get(name) ?? 0) + (Number(fields[11]) + Number(fields[12])) * 10);
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
  }
  return times;
}
