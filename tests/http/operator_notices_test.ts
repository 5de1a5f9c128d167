import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { type Params, Refusal, say, serverSender } from "../../lib/protocol/mod.ts";
import { must } from "../fakes/accounts_rig.ts";
import { AppRig } from "../fakes/app_rig.ts";
import { WebhookReceiver } from "../fakes/webhook_receiver.ts";

const minute = 60_000;
const key = "c2l4dHkgYnl0ZXMgdGhhdCBvbmx5IHRoaXMgdGVzdCBrbm93cyBhbmQgdXNlcyBvbmNl";

/** One rig: a start costs more than all steps. */
Deno.test("OP-4 CO-7: administrators are told what needs them, in their inbox and by webhook, and when it is over", async (t) => {
  await using receiver = new WebhookReceiver();
  await using app = await AppRig.start({
    env: {
      BEHEST_OPERATOR_WEBHOOK: `${receiver.origin}/behest`,
      BEHEST_OPERATOR_WEBHOOK_SECRET: `whsec_${key}`,
    },
  });
  await app.setRole("bob", "admin");
  await app.profile("bob", { language: "de" });
  const { services } = app;
  const well: Awaited<ReturnType<typeof services.health.ready>> = {
    ready: true,
    checks: [{ name: "kv", ok: true, reason: null }],
    warnings: [],
  };
  const failed: typeof well = {
    ...well,
    warnings: [{ name: "disk_room", ok: false, reason: say("health.diskRoom", { percent: 96, free: 700 }) }],
  };
  const inboxOf = async (who: string) => {
    const { items } = must(
      await services.commands.inboxList(await app.caller(who), { view: "all" }),
    );
    return items.flatMap(({ command }) => "sealed" in command ? [] : [command]);
  };
  const looks = async (state: typeof well, minutes: number) => {
    services.health.ready = () => Promise.resolve(state);
    await app.open.operatorWatch.look();
    app.clock.advance(minutes * minute);
    await app.open.operatorWatch.look();
  };
  /** What came, with its signature checked. */
  const posted = () =>
    receiver.take().map(({ headers, body, path }) => {
      const id = headers.get("webhook-id")!;
      const signed = `${id}.${headers.get("webhook-timestamp")}.${body}`;
      const mac = createHmac("sha256", Uint8Array.fromBase64(key)).update(signed).digest("base64");
      assert.equal(headers.get("webhook-signature"), `v1,${mac}`);
      assert.equal(path, "/behest");
      return { id, ...JSON.parse(body) };
    });

  await t.step(
    "CO-7: no choice keeps it away by accident; each has it in their language, members have nothing",
    async () => {
      await app.preferences("root", {
        acceptFrom: "nobody",
        categories: { general: "block" },
        blockedUsers: [serverSender.username],
      });
      receiver.lies.push(500);
      await looks(failed, 3);
      const [[ofRoot], [ofBob], ofAnn] = await Promise.all([inboxOf("root"), inboxOf("bob"), inboxOf("ann")]);
      assert.equal(ofRoot!.title, "Needs you: room on the disk");
      assert.equal(ofRoot!.body, "96% of the disk is in use, 700 MiB are free. See /admin for what to do.");
      assert.deepEqual(ofRoot!.from, serverSender);
      assert.equal(ofBob!.title, "Braucht dich: Platz auf dem Datenträger");
      assert.deepEqual(ofAnn, []);
      const [first] = posted();
      assert.equal(first.type, "operator.problem");
      await looks(failed, 1);
      const [again, ...more] = posted();
      assert.deepEqual([again, more], [first, []], "a program that fails is told again, under the same id");
      await looks(failed, 10);
      assert.deepEqual(posted(), []);
      assert.equal((await inboxOf("root")).length, 1);
    },
  );

  await t.step(
    "an answer with words is refused, as are a talk and a report: nobody is there to read them",
    async () => {
      const root = await app.caller("root");
      const { id } = (await inboxOf("root"))[0]!;
      const page = await (await app.send(`/history/${id}`, { headers: { cookie: app.cookieOf("root") } }))
        .text();
      assert.match(page, /The server tells its administrators what needs them\./);
      assert.doesNotMatch(page, /\/contacts\/|\/report\?|name="body"/);
      const row = await (await app.send(`/?open=${id}`, { headers: { cookie: app.cookieOf("root") } }))
        .text();
      assert.match(row, /Needs you: room on the disk/);
      assert.doesNotMatch(row, /name="note"/);
      const noted = await services.commands.update(root, { id, state: "declined", note: "who are you?" });
      assert.ok(noted instanceof Refusal && noted.kind === "invalid_params");
      const said = await services.chat.send(
        root,
        { key: "k", thread: id, body: "hello" } as Params<"chat.send">,
      );
      assert.ok(said instanceof Refusal && said.kind === "not_found");
      const reported = await services.reports.create(root, { about: { command: id }, reason: "spam" });
      assert.ok(reported instanceof Refusal && reported.kind === "conflict");
      must(await services.commands.update(root, { id, state: "completed" }));
    },
  );

  await t.step(
    "CO-6: a Stop holds it; what is over is withdrawn where it is open still, and told once",
    async () => {
      await services.safety.stop(await app.caller("bob"));
      await looks(well, 5);
      const [over, ...others] = posted();
      assert.equal(over.type, "operator.over");
      assert.equal(over.data.cause, "disk_room");
      assert.deepEqual(others, []);
      assert.match((await inboxOf("root")).map(({ title }) => title).join(), /Over: room on the disk/);
      assert.deepEqual(await inboxOf("bob"), []);
      must(await services.safety.resume(await app.caller("bob")));
      const titles = (await inboxOf("bob")).map(({ title }) => title);
      assert.deepEqual(titles, ["Vorbei: Platz auf dem Datenträger"]);
      await looks(well, 10);
      assert.deepEqual(posted(), []);
    },
  );

  await t.step(
    "DL-7: each administrator has a command of their own; what is over ends in a day",
    async () => {
      await app.profile("bob", { language: "en" });
      await looks(failed, 3);
      const [[ofRoot], [ofBob]] = await Promise.all([inboxOf("root"), inboxOf("bob")]);
      assert.equal(ofRoot!.title, "Needs you: room on the disk");
      assert.equal(ofBob!.title, ofRoot!.title);
      assert.notEqual(ofBob!.id, ofRoot!.id, "one whose inbox is full keeps it from nobody else");
      await looks(well, 5);
      const over = (await inboxOf("bob")).find(({ title }) => title === "Over: room on the disk");
      assert.equal(Date.parse(over!.expiresAt!) - app.clock.now(), 24 * 60 * minute);
      posted();
    },
  );

  await t.step("SC-5: an incident is told at once, without a word of what or who", async () => {
    await app.file("ann", { name: "holiday.jpg", state: "matched" });
    await looks(well, 0);
    const [told] = posted();
    assert.match(told.data.cause, /^incident:/);
    const command = (await inboxOf("root")).find(({ title }) => title === "Needs you: a new incident");
    assert.equal(
      command!.body,
      "Known abuse material was found and preserved. Decide it at /admin/incidents.",
    );
    assert.doesNotMatch(JSON.stringify([told, command]), /ann|holiday/);
  });
});
