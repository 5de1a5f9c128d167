/** Debian's Chromium, for screenshots and for tests. */
import type { LaunchOptions } from "playwright-core";

/** Where it may be. */
export const chromiumPaths = ["/usr/bin/chromium", "/usr/bin/chromium-browser"] as const;

export const launchOptions: LaunchOptions = {
  executablePath: chromiumPaths.find(isFile) ?? chromiumPaths[0],
  args: [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--no-first-run",
  ],
};

export function isFile(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}
