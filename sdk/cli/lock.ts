import { open, readFile, rm } from "node:fs/promises";
import process from "node:process";
import { UsageError } from "./arguments.ts";

/** Two programs under one device's name would replace each other for ever: the second one does not start. */
export async function lockFile(path: string): Promise<AsyncDisposable> {
  for (let tries = 0; tries < 2; tries++) {
    try {
      const file = await open(path, "wx", 0o600);
      await file.writeFile(String(process.pid));
      await file.close();
      return { [Symbol.asyncDispose]: () => rm(path, { force: true }) };
    } catch (error) {
      if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) throw error;
    }
    const owner = Number(await readFile(path, "utf8").catch(() => ""));
    if (isAlive(owner)) {
      throw new UsageError(`behest listen runs already for this server (process ${owner}).`);
    }
    await rm(path, { force: true });
  }
  throw new UsageError("Another behest listen has just started.");
}

function isAlive(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}
