import assert from "node:assert/strict";
import { ClientSession, type KeptSession } from "../../lib/client/mod.ts";
import { closeCodes } from "../../lib/protocol/mod.ts";
import { ClientRig } from "../fakes/client_rig.ts";
import { FakeClock } from "../fakes/clock.ts";

const hourMs = 3600_000;

/** A client that keeps its session in memory, and a server that answers what the test says. */
function rig(answers: (() => Response)[]) {
  const clock = new FakeClock();
  const after = (ms: number) => new Date(clock.now() + ms).toISOString();
  const state = {
    kept: {
      token: "token-0",
      expiresAt: after(24 * hourMs),
      renewal: { credential: "credential-0", expiresAt: after(720 * hourMs) },
    } as KeptSession | null,
    written: [] as (KeptSession | null)[],
    sent: [] as { path: string; body: unknown; authorization: string | null }[],
  };
  const session = new ClientSession("https://behest.example", {
    read: () => Promise.resolve(state.kept),
    write: (kept) => {
      state.kept = kept;
      state.written.push(kept);
      return Promise.resolve();
    },
  }, {
    clock,
    fetch: (input, init) => {
      const body = typeof init.body === "string" ? JSON.parse(init.body) : null;
      const authorization = new Headers(init.headers).get("authorization");
      state.sent.push({ path: new URL(input).pathname, body, authorization });
      const answer = answers.shift();
      return answer === undefined ? Promise.reject(new Error("unreachable")) : Promise.resolve(answer());
    },
  });
  const renewed = (count: number, replaced = true) => () =>
    Response.json({
      token: `token-${count}`,
      expiresAt: after(24 * hourMs),
      ...(replaced ? { renewal: { credential: `credential-${count}`, expiresAt: after(720 * hourMs) } } : {}),
    });
  return { clock, state, session, answers, renewed };
}

Deno.test("AU-13: a client renews in good time, and keeps the answer before it uses the token", async () => {
  const { clock, state, session, answers, renewed } = rig([]);
  assert.equal(await session.token(), "token-0");
  assert.equal(state.sent.length, 0, "a young token is used as it is");
  clock.advance(12 * hourMs);
  answers.push(renewed(1));
  assert.deepEqual(await Promise.all([session.token(), session.token()]), ["token-1", "token-1"]);
  assert.equal(state.sent.length, 1, "calls at the same time share one renewal");
  assert.deepEqual(state.sent[0]!.body, { credential: "credential-0" });
  assert.equal(state.kept?.renewal?.credential, "credential-1");
  clock.advance(12 * hourMs);
  answers.push(renewed(2, false), () => Response.json({ ticket: "ticket-1", expiresAt: "" }));
  assert.equal(await session.ticket(), "ticket-1");
  assert.equal(state.sent[2]!.authorization, "Bearer token-2");
  assert.equal(state.kept?.renewal?.credential, "credential-1", "without a new credential the old one stays");
});

Deno.test("AU-13: a client without an answer keeps what it has, and a refused one forgets it", async () => {
  const { clock, state, session, answers } = rig([]);
  clock.advance(13 * hourMs);
  assert.equal(await session.token(), "token-0", "good for as long as it lasts");
  assert.deepEqual(state.written, []);
  clock.advance(12 * hourMs);
  await assert.rejects(session.token(), /unreachable/);
  answers.push(() => new Response(null, { status: 503 }), () => Response.json({ odd: true }));
  await assert.rejects(session.renew());
  await assert.rejects(session.renew());
  assert.deepEqual(state.written, []);
  answers.push(() => new Response(null, { status: 401 }));
  assert.equal(await session.ticket(), null);
  assert.equal(state.kept, null);
  assert.equal(await session.token(), null);
});

Deno.test("AU-13: a client that was not asked to stay is not renewed", async () => {
  const { clock, state, session } = rig([]);
  state.kept = { token: "token-0", expiresAt: state.kept!.expiresAt };
  clock.advance(23 * hourMs);
  assert.equal(await session.token(), "token-0");
  clock.advance(2 * hourMs);
  assert.equal(await session.token(), null);
  assert.equal(state.sent.length, 0);
});

Deno.test("AU-13: a session that is over is renewed before the person has to log in", async () => {
  const renewals: (boolean | "away")[] = [true, true, "away", false];
  let renewed = 0;
  let over = true;
  await using rig = new ClientRig({
    ticket: () => Promise.resolve(over ? null : "ticket"),
    renew: () => {
      const goesOn = renewals[renewed++]!;
      if (goesOn === "away") return Promise.reject(new Error("unreachable"));
      over = !goesOn;
      return Promise.resolve(goesOn);
    },
  });
  // A laptop that slept: the ticket says that the session is over.
  await rig.online();
  assert.equal(renewed, 1);
  // Its socket was closed meanwhile.
  over = true;
  rig.socket.end(closeCodes.sessionOver.code);
  assert.equal(rig.kind, "offline");
  await rig.online();
  assert.equal(renewed, 2);
  over = true;
  rig.socket.end(closeCodes.sessionOver.code);
  await rig.clock.advanceAsync(rig.retryInMs);
  assert.equal(rig.kind, "offline", "a server that is away says nothing about the session");
  await rig.clock.advanceAsync(rig.retryInMs);
  assert.equal(rig.kind, "login", "revoked");
  assert.equal(renewed, 4);
});
