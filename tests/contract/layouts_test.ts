import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { keys } from "../../lib/adapters/kv/keys.ts";
import { openStore } from "../../lib/adapters/kv/store.ts";
import { storeLayout } from "../../lib/adapters/kv/mod.ts";
import { upgradeCheck } from "../../tools/upgrade_check.ts";
import { Refusal } from "../../lib/protocol/mod.ts";
import { FakeClock } from "../fakes/clock.ts";
import { person } from "../fakes/open_services.ts";
import { WholeServer } from "../fakes/whole_server.ts";

/**
 * `tests/fixtures/layouts/layoutN.tar.gz` is a data directory that the last Behest of layout N wrote, N up to this one's: ann's
 * file and two commands to bob, of whom one was submitted for review, one command back. Its records have no
 * expiry of the store's own, as a store would drop them in real time. A change of the layout adds one, made by the code before it.
 */
const layouts = Array.from({ length: storeLayout }, (_, at) => at + 1);
/** Shortly after they were written: nothing has ended by then. */
const writtenMs = Date.parse("2026-12-01T12:00:00Z");

async function unpacked(layout: number): Promise<AsyncDisposable & { dir: string }> {
  const dir = await Deno.makeTempDir({ prefix: "behest-layout-" });
  const { success } = await new Deno.Command("tar", {
    args: ["-xzf", `tests/fixtures/layouts/layout${layout}.tar.gz`, "-C", dir],
  }).output();
  assert.ok(success);
  return { dir, [Symbol.asyncDispose]: () => Deno.remove(dir, { recursive: true }) };
}

async function hashOf(path: string): Promise<string> {
  return createHash("sha256").update(await Deno.readFile(path)).digest("hex");
}

interface Listed {
  items: { command: { id: string; title: string }; state: { state: string } }[];
}

for (const layout of layouts) {
  Deno.test(`OP-2: data of layout ${layout} upgrade on a copy that leaves them alone, and work afterwards`, async () => {
    await using data = await unpacked(layout);
    const store = `${data.dir}/kv.sqlite3`;
    const before = await hashOf(store);
    const said = await upgradeCheck(data.dir);
    assert.equal(await hashOf(store), before);
    assert.match(said[0]!, new RegExp(`has layout ${layout}[;,]`));
    assert.equal(
      said.filter((line) => line.startsWith("To layout")).length,
      storeLayout - layout,
      said.join("\n"),
    );
    // Bob's one submission gets its key in the step from 3 to 4.
    if (layout === 3) assert.match(said.join("\n"), /To layout 4: .*records written: 1;/);

    const clock = new FakeClock(writtenMs);
    await using server = await WholeServer.start({ BEHEST_KV: store }, { clock }, data.dir);
    const [ann, bob] = [await server.person("demo-ann"), await server.person("demo-bob")];
    const inbox = await server.ask<Listed>(bob, "/commands?box=inbox");
    assert.deepEqual(
      inbox.body.items.map(({ command, state }) => [command.title, state.state]),
      [["To review", "submitted"], ["Plain", "seen"]],
    );
    const back = await server.ask<Listed>(ann, "/commands?box=inbox");
    assert.deepEqual(back.body.items.map(({ command }) => command.title), ["Back"]);
    const { caller } = await person(server.open, "demo-ann");
    const waiting = await server.open.services.commands.list(caller, { box: "outbox", view: "review" });
    assert.ok(!(waiting instanceof Refusal));
    assert.deepEqual(waiting.items.map(({ command }) => "title" in command ? command.title : null), [
      "To review",
    ]);
    const files = await server.ask<{ files: { name: string; sha256: string }[] }>(ann, "/files");
    assert.deepEqual(files.body.files.map(({ name }) => name), ["notes.txt"]);
    assert.deepEqual((await server.stored()).filter((path) => path.includes("/files/")).length, 1);
  });
}

Deno.test("OP-2: an upgrade of a store of a newer version is refused with what to do; one that is not there, too", async () => {
  await using data = await unpacked(storeLayout);
  {
    await using store = await openStore(`${data.dir}/kv.sqlite3`);
    await store.kv.set(keys.migration(), storeLayout + 1);
  }
  await assert.rejects(upgradeCheck(data.dir), /start the newer version/);
  await assert.rejects(upgradeCheck(`${data.dir}/none`), /There is no store at/);
});
