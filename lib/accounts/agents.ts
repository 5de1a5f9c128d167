import type { Agent } from "../protocol/mod.ts";

/** Longest `User-Agent` that is read, and longest name that is kept. */
const longestAgent = 512;
const longestName = 40;

/** The browser and its system, by names that a person knows; null for programs, and where a client says neither. */
export async function agentOf(userAgent: string | undefined): Promise<Agent | null> {
  if (userAgent === undefined || !userAgent.startsWith("Mozilla/")) return null;
  // With the first login of a browser, not at the start.
  const { default: Bowser } = await import("bowser");
  const { browser, os } = Bowser.parse(userAgent.slice(0, longestAgent));
  const [name, system] = [nameOf(browser.name), nameOf(os.name)];
  return name === null || system === null ? null : { browser: name, system };
}

function nameOf(name: string | undefined): string | null {
  // What a client says of itself is shown to its person: letters alone.
  return name !== undefined && name.length <= longestName && /^[\p{L}\p{N} .-]+$/u.test(name) ? name : null;
}

/** Whether it is a time zone of this runtime's table. */
export function isTimeZone(name: string | undefined): name is string {
  if (name === undefined || name === "") return false;
  try {
    new Intl.DateTimeFormat("en", { timeZone: name });
    return true;
  } catch {
    return false;
  }
}
