import assert from "node:assert/strict";
import { type AccessTokenMade, type Params, Refusal } from "../../lib/protocol/mod.ts";
import { signedHeaders } from "../../lib/webhooks/signature.ts";
import { KeptLog, must } from "../fakes/accounts_rig.ts";
import { AppRig } from "../fakes/app_rig.ts";
import { unzipped } from "../fakes/unzipped.ts";
import { until } from "../fakes/until.ts";
import { type Came, type Lie, WebhookReceiver } from "../fakes/webhook_receiver.ts";

type Verify = (headers: Headers, body: string, secret: string, now: number) => unknown;

Deno.test("AU-11: a message is signed as the example of Standard Webhooks has it", () => {
  const headers = signedHeaders(
    "msg_p5jXN8AQM9LWM0D4loKWxJek",
    '{"test": 2432232314}',
    "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
    1_614_265_330_999,
  );
  assert.equal(headers["webhook-timestamp"], "1614265330");
  assert.equal(headers["webhook-signature"], "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
});

/** One rig: a start costs more than all steps. */
Deno.test("AU-11: a webhook tells of answers to what its token sent, and of nothing else", async (t) => {
  await using receiver = new WebhookReceiver();
  await using elsewhere = new WebhookReceiver();
  const log = new KeptLog();
  await using app = await AppRig.start({
    log,
    env: { BEHEST_WEBHOOK_HOSTS: `${receiver.origin},hooks.example.org` },
    people: ["ann", "bob", "eve"],
  });
  await app.befriend("ann", "bob");
  await app.befriend("ann", "eve");
  const page = await Deno.readTextFile("docs/hooks.md");
  const half = page.slice(page.indexOf("# Webhooks"));
  const [asked, shown] = [...half.matchAll(/```json\n([^`]+)```/g)].map(([, text]) => JSON.parse(text!));
  const example = /```js\n([^]+?)\n```/.exec(half)![1]!.replaceAll("Buffer.", "globalThis.Buffer.");
  const buffer = 'import { Buffer } from "node:buffer";\nglobalThis.Buffer ??= Buffer;\n';
  const code = `data:text/javascript,${encodeURIComponent(buffer + example)}`;
  const { verified } = await import(code) as { verified: Verify };

  const create = (body: unknown) =>
    app.wholeSend("/api/v1/tokens", {
      method: "POST",
      headers: { ...app.bearerOf("ann"), "content-type": "application/json" },
      body: JSON.stringify(body),
    });
  const tokenFor = async (path: string): Promise<AccessTokenMade> => {
    const webhook = { ...asked.webhook, url: receiver.origin + path };
    const response = await create({ ...asked, webhook });
    assert.equal(response.status, 201, await response.clone().text());
    return await response.json();
  };
  let sends = 0;
  const send = async ({ token }: AccessTokenMade, to = ["bob"], over = {}): Promise<string> => {
    const response = await app.wholeSend("/api/v1/commands", {
      method: "POST",
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
      body: JSON.stringify({
        key: `webhook-${sends++}`,
        kind: "task",
        title: "Secret words",
        audience: { kind: "user", to },
        ...over,
      }),
    });
    assert.equal(response.status, 201, await response.clone().text());
    return (await response.json()).command.id;
  };
  const rowOf = async ({ id }: AccessTokenMade) => {
    const { tokens } = await app.services.accounts.tokens(await app.caller("ann"));
    return tokens.find((one) => one.id === id)!.webhook!;
  };
  /** Runs what is due until so many messages came. Their outcomes are noted then. */
  const messages = async (count: number): Promise<Came[]> => {
    await app.jobsUntil(() => Promise.resolve(receiver.came.length >= count), `${count} messages`);
    return receiver.take();
  };
  const said = ({ body }: Came) =>
    JSON.parse(body).data as { command: string; recipient: string; state: string };
  const nothing = async () => {
    await app.open.runDueJobs();
    assert.deepEqual(receiver.take(), []);
  };
  const main = await tokenFor("/main");

  await t.step(
    "AU-11: the page of sessions makes a token with a webhook, for allowed hosts only",
    async () => {
      const make = async (url: string) => {
        const body = new URLSearchParams({ action: "token", name: "Page", scopes: "send", webhook: url });
        const headers = { cookie: app.cookieOf("ann") };
        const response = await app.send("/sessions", { method: "POST", headers, body });
        return { status: response.status, html: await response.text() };
      };
      const refused = await make("https://elsewhere.example/x");
      assert.equal(refused.status, 400);
      assert.match(refused.html, /id="webhook-error"/);
      assert.match(refused.html, /value="Page"/);
      assert.match(refused.html, /value="send" checked/);
      assert.match(refused.html, /value="https:\/\/elsewhere.example\/x"/);
      const { status, html } = await make("https://hooks.example.org/x");
      assert.equal(status, 200);
      assert.match(html, />behest_[\w-]+<\/pre>[^]*>whsec_[\w+/=]+<\/pre>/);
    },
  );

  await t.step(
    "AU-11: each answer is told once, signed, as docs/hooks.md shows it, without words",
    async () => {
      assert.match(main.webhookSecret!, /^whsec_[A-Za-z0-9+/]{43}=$/);
      assert.deepEqual(await rowOf(main), {
        ...asked.webhook,
        url: `${receiver.origin}/main`,
        last: null,
        ended: false,
      });
      const id = await send(main);
      await app.answer("bob", id, "delivered");
      await nothing();
      await app.answer("bob", id, "completed", { note: "Words of an answer" });
      const [came, more] = await messages(1);
      assert.equal(more, undefined);
      const { headers, body, path } = came!;
      assert.equal(path, "/main");
      const now = app.clock.now();
      const message = verified(headers, body, main.webhookSecret!, now) as typeof shown;
      assert.deepEqual(Object.keys(message), Object.keys(shown));
      assert.deepEqual(Object.keys(message.data), Object.keys(shown.data));
      assert.deepEqual(message, {
        type: "command.answered",
        timestamp: new Date(now).toISOString(),
        data: { command: id, recipient: "bob", state: "completed" },
      });
      const other = (await tokenFor("/other")).webhookSecret!;
      assert.equal(verified(headers, body.replace("completed", "declined"), main.webhookSecret!, now), null);
      assert.equal(verified(headers, body, other, now), null);
      assert.equal(verified(headers, body, main.webhookSecret!, now + 400_000), null);
      await nothing();
      assert.deepEqual((await rowOf(main)).last, {
        at: new Date(now).toISOString(),
        sent: true,
        status: 201,
      });
      // What ann sends otherwise is told to no program.
      const own = await app.command("ann", "bob");
      await app.answer("bob", own.id, "accepted");
      await nothing();
    },
  );

  await t.step(
    "CM-13: an answer that is taken back is told too; an end that nobody chose is not",
    async () => {
      const id = await send(main, ["bob", "eve"]);
      await app.answer("eve", id, "declined");
      assert.deepEqual((await messages(1)).map(said), [
        { command: id, recipient: "eve", state: "declined" },
      ]);
      must(await app.services.commands.undoSome(await app.caller("eve"), { ids: [id] }));
      assert.deepEqual((await messages(1)).map(said), [
        { command: id, recipient: "eve", state: "delivered" },
      ]);
      must(await app.services.commands.cancel(await app.caller("ann"), { id }));
      await nothing();
    },
  );

  await t.step("CO-10: a withheld command tells as little as one that waits", async () => {
    const waits = await tokenFor("/waits");
    const withheld = await tokenFor("/withheld");
    await send(waits);
    await app.preferences("eve", { blockedUsers: ["ann"] });
    const id = await send(withheld, ["eve"]);
    const params = { id, state: "declined" } as Params<"command.update">;
    const refused = await app.services.commands.update(await app.caller("eve"), params);
    assert.ok(refused instanceof Refusal && refused.kind === "not_found");
    await nothing();
    const [one, other] = [await rowOf(waits), await rowOf(withheld)];
    assert.deepEqual({ ...one, url: "" }, { ...other, url: "" });
    await app.preferences("eve", { blockedUsers: [] });
    await nothing();
  });

  await t.step(
    "AU-11: what a receiver does not take is tried again, with the same id, until it gives up",
    async () => {
      const made = await tokenFor("/lies");
      const redirect: Lie = { status: 307, headers: { location: `${elsewhere.origin}/private` } };
      const asks: Lie = { status: 429, headers: { "retry-after": "600" } };
      receiver.lies.push(500, asks, redirect, 404);
      const id = await send(made);
      await app.answer("bob", id, "completed");
      const first = (await messages(1))[0]!;
      assert.equal((await rowOf(made)).last?.status, 500);
      await nothing();
      for (
        const [waitMs, status] of [[5000, 429], [600_000, 307], [300_000, 404], [1_800_000, 201]] as const
      ) {
        await app.later(waitMs - 1000);
        await nothing();
        await app.later(1000);
        const [again] = await messages(1);
        assert.equal(again!.headers.get("webhook-id"), first.headers.get("webhook-id"));
        assert.equal(again!.body, first.body);
        const now = app.clock.now();
        assert.notEqual(verified(again!.headers, again!.body, made.webhookSecret!, now), null);
        assert.equal((await rowOf(made)).last?.status, status);
      }
      assert.deepEqual(elsewhere.came, []);
      receiver.lies.push(...Array<Lie>(20).fill(503));
      await app.answer("bob", await send(made), "completed");
      let tries = 0;
      for (; tries < 20; tries++) {
        await app.open.runDueJobs();
        if (receiver.take().length === 0) break;
        await app.later(10 * 3600_000);
      }
      assert.equal(tries, 8);
      receiver.lies.length = 0;
    },
  );

  await t.step(
    "AU-11: a receiver that hangs is left after ten seconds; others do not wait for it",
    async () => {
      const [slow, quick] = [await tokenFor("/slow"), await tokenFor("/quick")];
      receiver.lies.push("hang");
      const ids = [await send(slow), await send(slow)];
      for (const id of ids) await app.answer("bob", id, "accepted");
      const hanging = app.open.runDueJobs();
      await until(() => Promise.resolve(receiver.came.length > 0 || null), "a message that hangs");
      await app.answer("bob", await send(quick), "accepted");
      const running = app.open.runDueJobs();
      await until(() => Promise.resolve(receiver.came.length > 1 || null), "a message beside it");
      assert.deepEqual(receiver.take().map(({ path }) => path), ["/slow", "/quick"]);
      // Its answer has arrived: the ten seconds below are only for the other one.
      await until(async () => (await rowOf(quick)).last, "the noted answer of the quick one");
      app.clock.advance(10_000);
      await Promise.all([hanging, running]);
      assert.deepEqual(await rowOf(slow).then(({ last }) => [last?.sent, last?.status]), [false, null]);
      await app.later(60_000);
      const told: string[] = [];
      await app.jobsUntil(() => {
        app.clock.advance(1000);
        told.push(...receiver.take().map((came) => said(came).command));
        return Promise.resolve(told.length >= 2);
      }, "both messages");
      assert.deepEqual(told.sort(), ids.sort());
    },
  );

  await t.step("AU-11: 410 ends a webhook; so do its token and the account", async () => {
    const made = await tokenFor("/gone");
    receiver.lies.push(410);
    const [one, two, three] = [await send(made), await send(made), await send(main)];
    await app.answer("bob", one, "completed");
    await messages(1);
    assert.deepEqual([(await rowOf(made)).ended, (await rowOf(made)).last?.status], [true, 410]);
    await app.answer("bob", two, "completed");
    await nothing();
    receiver.lies.push(500);
    await app.answer("bob", three, "completed");
    await messages(1);
    must(await app.services.accounts.revokeToken(await app.caller("ann"), main.id));
    await app.later(60_000);
    await nothing();
    const html = await (await app.send("/sessions", { headers: { cookie: app.cookieOf("ann") } })).text();
    assert.match(html, /Webhook: answers go to 127\.0\.0\.1:\d+ · ended/);
    const archive = await app.wholeSend("/api/v1/account/export", { headers: app.bearerOf("ann") });
    const files = unzipped(await archive.bytes());
    const rows = JSON.parse(new TextDecoder().decode(files.get("access_tokens.json")!)) as {
      name: string;
      webhook?: { url: string };
    }[];
    assert.ok(rows.some(({ webhook }) => webhook?.url === `${receiver.origin}/gone`));
    const secret = made.webhookSecret!.slice(6);
    for (const text of [html, JSON.stringify(rows), JSON.stringify(log)]) assert.ok(!text.includes(secret));
  });

  await t.step("AU-11: hosts that nobody named, and bad webhooks, are refused", async () => {
    const { port } = new URL(receiver.origin);
    const webhook = asked.webhook;
    const bad: [unknown, string][] = [
      [{ webhook: { ...webhook, url: "https://other.example.org/x" } }, "webhook.url"],
      [{ webhook: { ...webhook, url: "http://hooks.example.org/x" } }, "webhook.url"],
      [{ webhook: { ...webhook, url: "https://hooks.example.org:8443/x" } }, "webhook.url"],
      [{ webhook: { ...webhook, url: `http://localhost:${port}/x` } }, "webhook.url"],
      [{ webhook: { ...webhook, url: `http://me@127.0.0.1:${port}/x` } }, "webhook.url"],
      [{ webhook: { ...webhook, url: elsewhere.origin } }, "webhook.url"],
      [{ webhook: { ...webhook, url: "file:///etc/passwd" } }, "webhook.url"],
      [{ webhook: { ...webhook, events: [] } }, "webhook.events"],
      [{ scopes: ["read"], webhook: { ...webhook, url: `${receiver.origin}/x` } }, "scopes"],
    ];
    for (const [over, field] of bad) {
      const response = await create({ name: "x", scopes: ["send"], ...over as object });
      assert.equal(response.status, 400, JSON.stringify(over));
      assert.deepEqual(Object.keys((await response.json()).fields), [field]);
    }
  });
});
