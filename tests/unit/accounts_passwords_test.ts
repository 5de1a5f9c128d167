import assert from "node:assert/strict";
import { passwordProblem } from "../../lib/accounts/common_passwords.ts";
import { owaspCost, Passwords } from "../../lib/accounts/mod.ts";
import { systemRandom } from "../../lib/platform/mod.ts";
import { limits, problemJsonOf, Refusal, registerBody } from "../../lib/protocol/mod.ts";
import { cheapCost, kindOf, must } from "../fakes/accounts_rig.ts";

Deno.test("AU-10: a hash carries OWASP's parameters, salt and key, and verifies", async () => {
  const passwords = new Passwords(systemRandom);
  const stored = must(await passwords.hash("seven green kettles"));
  assert.match(stored, /^\$scrypt\$ln=14,r=8,p=5\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/);
  assert.equal(await passwords.verify("seven green kettles", stored), true);
  assert.equal(await passwords.verify("seven green kettle", stored), false);
  assert.notEqual(await passwords.hash("seven green kettles"), stored, "every hash has its own salt");
});

Deno.test("AU-10: the derivation is scrypt of RFC 7914", async () => {
  const salt = new TextEncoder().encode("SodiumChloride").toBase64({ omitPadding: true });
  // The first 32 bytes of the third vector in section 12.
  const key = Uint8Array.fromHex("7023bdcb3afd7348461c06cd81fd38ebfda8fbba904f8e3ea9b543f6545da1f2");
  const stored = `$scrypt$ln=14,r=8,p=1$${salt}$${key.toBase64({ omitPadding: true })}`;
  assert.equal(await new Passwords(systemRandom, cheapCost).verify("pleaseletmein", stored), true);
});

Deno.test("AU-10: a hash of less work is weaker, one of as much or more is not", async () => {
  const stored = must(await new Passwords(systemRandom, { log2N: 4, blockSize: 8, parallel: 1 }).hash("x"));
  assert.equal(new Passwords(systemRandom, owaspCost).isWeaker(stored), true);
  assert.equal(new Passwords(systemRandom, { log2N: 4, blockSize: 8, parallel: 1 }).isWeaker(stored), false);
  assert.equal(new Passwords(systemRandom, cheapCost).isWeaker(stored), false);
});

Deno.test("AU-10: a password that was typed with composed or decomposed letters is the same", async () => {
  const passwords = new Passwords(systemRandom, cheapCost);
  const stored = must(await passwords.hash("caf\u00e9 au lait"));
  assert.equal(await passwords.verify("cafe\u0301 au lait", stored), true);
});

Deno.test("AU-4: nobody's password is never right, and a damaged hash is no wrong password", async () => {
  const passwords = new Passwords(systemRandom, cheapCost);
  assert.equal(await passwords.verify("", null), false);
  await assert.rejects(passwords.verify("x", "$scrypt$ln=2,r=1,p=1$AAAA"), /cannot be read/);
  await assert.rejects(passwords.verify("x", "$scrypt$ln=31,r=8,p=1$AAAA$AAAA"), /out of bounds/);
});

Deno.test("AU-4: the queue of logins is bounded, and what does not fit is refused", async () => {
  const passwords = new Passwords(systemRandom, cheapCost);
  const room = limits.passwordRuns + limits.passwordQueue;
  const answers = await Promise.all(Array.from({ length: room + 3 }, () => passwords.hash("x")));
  assert.equal(answers.filter((answer) => typeof answer === "string").length, room);
  assert.deepEqual(answers.slice(room).map(kindOf), ["unavailable", "unavailable", "unavailable"]);
  assert.equal(typeof await passwords.hash("x"), "string", "the queue empties again");
});

Deno.test("AU-1: common passwords, one repeated character and the username are refused", async () => {
  for (
    const common of [
      "1234567890987654321",
      "QwertyUiop12345",
      "PASSWORD1234567",
      "passwordpassword",
      "sunshinesunshine1",
      "12345678901234567890",
      "abcabcabcabcabc",
      "aaaaaaaaaaaaaaaaaa",
      "someone-here-now",
    ]
  ) {
    const problem = await passwordProblem(common, "Someone-Here-Now", "password");
    assert.ok(problem instanceof Refusal, common);
    assert.equal(problem.kind, "invalid_params");
    assert.ok(problem.detail.fields?.password);
    assert.ok(!JSON.stringify(problemJsonOf(problem)).includes(common), "the password is not in the answer");
  }
  assert.equal(await passwordProblem("seven green kettles", "someone-here", "password"), null);
});

Deno.test("AU-1: usernames that look alike by Unicode, and passwords that are no whole text, are refused", () => {
  const body = (username: string, password = "seven green kettles") =>
    registerBody.safeParse({ username, password, adult: true });
  for (
    const name of [
      "аlice",
      "ａlice",
      "alice\u200b",
      "alice\u0000",
      "al\ud800ce",
      "ali ce",
      "-alice",
      "al",
      "a".repeat(33),
    ]
  ) {
    assert.equal(body(name).success, false, JSON.stringify(name));
  }
  assert.equal(body("Alice_1-x").data?.username, "alice_1-x");
  for (const password of ["nul\u0000nul\u0000nul", "half\ud800pairs", "ninechars", "x".repeat(257)]) {
    assert.equal(body("alice", password).success, false, JSON.stringify(password));
  }
  assert.equal(registerBody.safeParse({ username: "alice", password: "seven green kettles" }).success, false);
  assert.equal(
    registerBody.safeParse({ username: "alice", password: "seven green kettles", adult: false }).success,
    false,
  );
});

Deno.test("AU-1: what is only longer than a common password is refused, and long phrases are not", async () => {
  const refused = [
    "sunshineprincess",
    "Sunshine Princess 99",
    "dragon-superman2024",
    "behest-password-1",
    "MyBehestPassword123!",
    "behestbehestbehest",
    "administrator-2026!",
  ];
  for (const common of refused) {
    const problem = await passwordProblem(common, "someone", "password");
    assert.ok(problem instanceof Refusal, common);
  }
  const taken = [
    "seven green kettles",
    "behest is what I wrote at dawn",
    "sunshine on a princess",
    "9f3k-2mx8-qq1z-77",
  ];
  for (const password of taken) {
    assert.equal(await passwordProblem(password, "someone", "password"), null, password);
  }
});
