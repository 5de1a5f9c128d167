import assert from "node:assert/strict";
import { type CsamSettings, openCsam } from "../../lib/adapters/csam/mod.ts";
import type { CsamMatcher } from "../../lib/scanning/ports.ts";
import { FakeClock } from "./clock.ts";
import { credentials, CsamServices } from "./csam_services.ts";
import { until } from "./until.ts";

export type Name = CsamSettings["service"];
export const names: readonly Name[] = ["arachnid", "hma", "photodna"];

/** Meanings of the fake services' lists (SC-9); `BANK_NEW` has none. */
const banks: CsamSettings["banks"] = new Map([
  ["BANK_CSAM", "csam"],
  ["BANK_INTIMATE", "ncii"],
  ["BANK_SPAM", "other"],
]);

export function settingsOf(service: Name, url: string | null): CsamSettings {
  return { service, url, ...credentials, banks };
}

export function matcherOf(services: CsamServices, service: Name, clock = new FakeClock()): CsamMatcher {
  return openCsam(settingsOf(service, services.base(service)), { clock });
}

export async function waitedFor<T>(clock: FakeClock, promise: Promise<T>, stepMs: number): Promise<T> {
  let done = false;
  promise.then(() => done = true, () => done = true);
  await until(async () => {
    await clock.advanceAsync(stepMs);
    return done;
  });
  return await promise;
}

/** One test for each of the services. */
export function forEach(name: string, test: (service: Name, services: CsamServices) => Promise<void>): void {
  for (const service of names) {
    Deno.test(`${name} (${service})`, async () => {
      await using services = new CsamServices();
      await test(service, services);
    });
  }
}

/** Nothing of the credentials may be in what is kept or logged. */
export function assertSafe(finding: { answer?: string; reason?: string | null }, what: string): void {
  const text = JSON.stringify(finding);
  for (const secret of [credentials.secret, btoa(`${credentials.user}:${credentials.secret}`)]) {
    assert.ok(!text.includes(secret), `${what}: ${text}`);
  }
}
