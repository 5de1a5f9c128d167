import assert from "node:assert/strict";
import fc from "fast-check";
import { jwtVerify, SignJWT } from "jose";
import { signedClaims } from "../../lib/accounts/signed_claims.ts";

const secret = new Uint8Array(32).fill(7);
const now = 1_800_000_000;

function sign(claims: Record<string, unknown>, header: Record<string, unknown> = {}): Promise<string> {
  return new SignJWT(claims).setProtectedHeader({ alg: "HS256", ...header }).sign(secret);
}

async function byJose(token: string): Promise<unknown> {
  const options = { algorithms: ["HS256"], currentDate: new Date(now * 1000) };
  return await jwtVerify(token, secret, options).then(({ payload }) => payload, () => null);
}

Deno.test("AU-3: the check of a token agrees with jose on claims, times and headers", async () => {
  const time = fc.option(fc.oneof(fc.integer({ min: now - 2, max: now + 2 }), fc.string()), {
    nil: undefined,
  });
  await fc.assert(fc.asyncProperty(
    fc.record({ exp: time, nbf: time, iat: time, sub: fc.string({ unit: "grapheme" }) }),
    fc.constantFrom<Record<string, unknown>>({}, { typ: "JWT" }, { kid: "a" }),
    async (claims, header) => {
      // Only the past: jose compares this time with the token's age.
      if (typeof claims.iat === "number") claims.iat = Math.min(claims.iat, now);
      const token = await sign(JSON.parse(JSON.stringify(claims)), header);
      assert.deepEqual(signedClaims(token, secret, now * 1000), await byJose(token));
    },
  ));
});

Deno.test("AU-3: no change of a token is taken that jose refuses, and no other key's", async () => {
  const token = await sign({ sub: "bob", exp: now + 60 });
  const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.=+/ ";
  await fc.assert(fc.asyncProperty(
    fc.nat(token.length - 1),
    fc.constantFrom("", ...alphabet),
    fc.constantFrom("", ".", "x"),
    async (at, put, end) => {
      const changed = token.slice(0, at) + put + token.slice(at + 1) + end;
      if (await byJose(changed) === null) {
        assert.equal(signedClaims(changed, secret, now * 1000), null, changed);
      }
    },
  ));
  assert.equal(signedClaims(token, new Uint8Array(32).fill(8), now * 1000), null);
  const crit = await sign({ sub: "bob" }, { b64: true, crit: ["b64"] });
  assert.equal(signedClaims(crit, secret, now * 1000), null);
});
