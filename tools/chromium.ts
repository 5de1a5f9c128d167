/** Debian's Chromium, for screenshots and for tests. */
import type { LaunchOptions } from "playwright-core";

/** Where the whole browser may be. */
export const browserPaths = ["/usr/bin/chromium", "/usr/bin/chromium-browser"] as const;
/** The browser without windows: it takes a third of the other's time, and knows no notifications. */
export const shellPaths = ["/usr/bin/chromium-headless-shell"] as const;

const args = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-background-networking",
  "--disable-component-update",
  "--no-first-run",
  // Pages of tests and pictures live for seconds: what the slowest compiler does for them costs more than it saves.
  "--js-flags=--no-turbofan",
];

/** The shell where there is one; `whole` asks for the browser with all that people have in theirs. */
export function launchOptions({ whole = false } = {}): LaunchOptions {
  const paths = whole ? browserPaths : [...shellPaths, ...browserPaths];
  return { executablePath: paths.find(isFile) ?? browserPaths[0], args };
}

export function isFile(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}
