import process from "node:process";

/** CPU time of this process since it started, in ms: unlike a clock it does not run while other processes have the core. */
export function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}
