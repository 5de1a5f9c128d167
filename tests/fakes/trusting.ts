import assert from "node:assert/strict";
import { TrustedProxies } from "../../lib/config/mod.ts";

/** The value of `BEHEST_TRUST_PROXY` for a text that is one. */
export function trusting(text: string): TrustedProxies {
  const proxies = TrustedProxies.parse(text);
  assert.ok(proxies instanceof TrustedProxies);
  return proxies;
}
