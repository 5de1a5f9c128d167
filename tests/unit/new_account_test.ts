import assert from "node:assert/strict";
import { commandDraft, Refusal } from "../../lib/protocol/mod.ts";
import { wordsOf } from "../../lib/words/mod.ts";
import { openTestServices, person, testConfig } from "../fakes/open_services.ts";

Deno.test("CO-1, CO-11: a new account receives what /register says, and nothing else", async () => {
  const admin = { username: "warden", password: "a long enough passphrase" };
  await using open = await openTestServices({
    config: testConfig({
      BEHEST_ADMIN_USERNAME: admin.username,
      BEHEST_ADMIN_PASSWORD: admin.password,
    }),
  });
  const { services } = open;
  const [{ caller: warden }, { caller: ann }, { caller: bob }] = [
    await person(open, admin.username),
    await person(open, "newbie"),
    await person(open, "stranger"),
  ];
  const send = async (from: typeof ann, change: object) => {
    const draft = commandDraft.parse({ key: crypto.randomUUID(), kind: "message", body: "Text", ...change });
    const sent = await services.commands.send(from, draft);
    assert.ok(!(sent instanceof Refusal));
    return sent.command.id;
  };
  const general = await send(warden, { audience: { kind: "all" } });
  await send(warden, { audience: { kind: "all" }, categories: ["feet"] });
  await send(bob, { audience: { kind: "user", to: ["newbie"] } });
  const listed = await services.commands.inboxList(ann, {});
  assert.deepEqual(listed.items.map(({ command }) => command.id), [general]);
  for (const [language, title] of [["en", /General/], ["de", /Allgemein/]] as const) {
    assert.match(wordsOf(language).door.registerLead, title);
    assert.match(wordsOf(language).welcome.lead, title);
  }
});
