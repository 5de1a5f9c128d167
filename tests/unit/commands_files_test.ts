import assert from "node:assert/strict";
import { type Caller, systemClock } from "../../lib/platform/mod.ts";
import {
  type Audience,
  type CommandChanged,
  type CommandDraft,
  type CommandState,
  english,
  type FileObject,
  Refusal,
} from "../../lib/protocol/mod.ts";
import { type CsamAct, ScriptedCsamMatcher, ScriptedVirusScanner, type VirusAct } from "../fakes/scanners.ts";
import { openTestServices, person, testConfig } from "../fakes/open_services.ts";
import { served } from "../fakes/served.ts";
import { until } from "../fakes/until.ts";

const from = { address: "192.0.2.1", port: 50_000, device: "test", requestId: "test" };

/** Ann and bob are contacts, cat is nobody's; what the scanners say waits until a test says it. */
async function desk() {
  const stack = new AsyncDisposableStack();
  const said = new Map<string, PromiseWithResolvers<VirusAct>>();
  const verdictOf = (sha256: string) => {
    const known = said.get(sha256) ?? Promise.withResolvers<VirusAct>();
    said.set(sha256, known);
    return known;
  };
  const virus = new ScriptedVirusScanner(({ sha256 }) => verdictOf(sha256).promise);
  const csam = new ScriptedCsamMatcher((): CsamAct => "not_applicable");
  // A plain socket sends no heartbeat, and a busy machine may need longer than three of the usual ones.
  const config = testConfig({ BEHEST_HEARTBEAT_MS: "600000" });
  const open = stack.use(await openTestServices({ config, scanners: { virus, csam } }));
  const { services } = open;
  const { caller: ann, token } = await person(open, "ann");
  const { caller: bob } = await person(open, "bob");
  const { caller: cat } = await person(open, "cat");
  assert.ok(!(await services.contacts.request(ann, { username: "bob" }) instanceof Refusal));
  assert.ok(!(await services.contacts.accept(bob, { username: "ann" }) instanceof Refusal));
  let number = 0;
  const rig = {
    services,
    token,
    ann,
    bob,
    cat,
    async upload(owner: Caller, text: string): Promise<FileObject> {
      const body = new Blob([text]).stream();
      const file = await services.files.upload(owner, from, { name: `${text}.txt`, size: null }, body);
      if (file instanceof Refusal) throw new Error(english(file.message));
      return file;
    },
    /** Lets the scan of a file end, and waits until its owner sees it. */
    async judge(owner: Caller, file: FileObject, verdict: VirusAct): Promise<void> {
      verdictOf(file.sha256).resolve(verdict);
      const state = verdict === "clean" ? "clean" : verdict === "infected" ? "rejected" : "held";
      await until(
        async () => {
          const now = await services.files.get(owner, file.id);
          return !(now instanceof Refusal) && now.state === state;
        },
        state,
      );
    },
    async clean(owner: Caller, text: string): Promise<FileObject> {
      const file = await rig.upload(owner, text);
      await rig.judge(owner, file, "clean");
      return file;
    },
    async send(attachments: string[], over: Partial<CommandDraft> = {}, sender: Caller = ann) {
      const audience: Audience = { kind: "user", to: ["bob"] };
      const draft = { key: `key-${number++}`, audience, kind: "media", title: "Title", attachments, ...over };
      return await services.commands.send(sender, draft);
    },
    async sent(attachments: string[], over: Partial<CommandDraft> = {}, sender: Caller = ann) {
      const sent = await rig.send(attachments, over, sender);
      if (sent instanceof Refusal) throw new Error(english(sent.message));
      return sent.command;
    },
    /** The ids of the commands in a person's inbox. The request delivers those that wait. */
    async inbox(who: Caller): Promise<string[]> {
      const page = await services.commands.inboxList(who, {});
      if (page instanceof Refusal) throw new Error(english(page.message));
      return page.items.map(({ command }) => command.id);
    },
    async stateFor(sender: Caller, id: string): Promise<CommandState | undefined> {
      const detail = await services.commands.get(sender, { id });
      if (detail instanceof Refusal) throw new Error(english(detail.message));
      return detail.recipients?.[0]?.state ?? Object.keys(detail.totals ?? {})[0] as CommandState;
    },
    async reads(who: Caller, file: FileObject): Promise<true | Refusal["kind"]> {
      const content = await services.files.content(who, file.id);
      if (content instanceof Refusal) return content.kind;
      const bytes = await new Response(await content.open()).text();
      return file.name === `${bytes}.txt` ? true : "internal";
    },
    [Symbol.asyncDispose]: async () => {
      // Nothing hangs on a verdict that no test gave.
      for (const { resolve } of said.values()) resolve("error");
      await stack.disposeAsync();
    },
  };
  return rig;
}

const gone = (refused: unknown, kind: Refusal["kind"]) => {
  assert.ok(refused instanceof Refusal, "not refused");
  assert.equal(refused.kind, kind);
  return refused;
};

Deno.test("FI-6: a command waits for the checks of its files and is delivered when all have passed", async () => {
  await using rig = await desk();
  const [one, two] = [await rig.upload(rig.ann, "one"), await rig.upload(rig.ann, "two")];
  const command = await rig.sent([one.id, two.id, one.id]);
  assert.deepEqual(command.attachments.map(({ fileId, name }) => [fileId, name]), [
    [one.id, "one.txt"],
    [two.id, "two.txt"],
  ]);
  assert.equal(await rig.stateFor(rig.ann, command.id), "scheduled");
  await rig.judge(rig.ann, one, "clean");
  assert.deepEqual(await rig.inbox(rig.bob), []);
  assert.equal(await rig.reads(rig.bob, one), "not_found");
  await rig.judge(rig.ann, two, "clean");
  await until(async () => (await rig.inbox(rig.bob)).includes(command.id));
  assert.equal(await rig.reads(rig.bob, one), true);
  assert.equal(await rig.reads(rig.bob, two), true);
  assert.equal(await rig.reads(rig.cat, one), "not_found");
});

Deno.test("FI-6: clean files do not make a command wait, and it is no scheduled one", async () => {
  await using rig = await desk();
  const file = await rig.clean(rig.ann, "clean");
  const command = await rig.sent([file.id]);
  assert.equal(command.deliverAt, null);
  assert.deepEqual(await rig.inbox(rig.bob), [command.id]);
});

Deno.test("FI-6: when a file is rejected the command fails, its sender is told why, and nobody gets it", async () => {
  await using rig = await desk();
  const [good, bad] = [await rig.clean(rig.ann, "good"), await rig.upload(rig.ann, "bad")];
  const command = await rig.sent([good.id, bad.id]);
  await rig.judge(rig.ann, bad, "infected");
  await until(async () => await rig.stateFor(rig.ann, command.id) === "failed");
  const detail = await rig.services.commands.get(rig.ann, { id: command.id });
  assert.ok(!(detail instanceof Refusal));
  assert.equal(detail.recipients?.[0]?.note, "A file did not pass the checks.");
  assert.deepEqual(await rig.inbox(rig.bob), []);
  assert.equal(await rig.reads(rig.bob, good), "not_found");
  assert.equal(await rig.reads(rig.ann, bad), "not_clean");
});

Deno.test("FI-6: what could not be looked through waits for a moderator, and goes out when one lets it", async () => {
  await using rig = await desk();
  const file = await rig.upload(rig.ann, "locked");
  const command = await rig.sent([file.id]);
  await rig.judge(rig.ann, file, "incomplete");
  assert.equal(await rig.stateFor(rig.ann, command.id), "scheduled");
  const moderator: Caller = { ...rig.cat, role: "moderator" };
  const decided = await rig.services.adminFiles.decide(moderator, file.sha256, {
    release: true,
    reason: "an archive of ours",
  });
  assert.ok(!(decided instanceof Refusal));
  await until(async () => (await rig.inbox(rig.bob)).includes(command.id));
});

for (
  const [name, audience] of [
    ["everyone", { kind: "all" }],
    ["a category", { kind: "category", category: "general" }],
  ] as const satisfies [string, Audience][]
) {
  Deno.test(`FI-6, BR-4: a command to ${name} waits for its files and fails with them`, async () => {
    await using rig = await desk();
    const caster: Caller = { ...rig.ann, rights: { broadcast: true } };
    const [one, two] = [await rig.upload(rig.ann, "one"), await rig.upload(rig.ann, "two")];
    const good = await rig.sent([one.id], { audience }, caster);
    const bad = await rig.sent([two.id], { audience }, caster);
    assert.deepEqual(await rig.inbox(rig.bob), []);
    await rig.judge(rig.ann, one, "clean");
    await until(async () => (await rig.inbox(rig.bob)).includes(good.id));
    assert.equal(await rig.reads(rig.bob, one), true);
    await rig.judge(rig.ann, two, "infected");
    await until(async () => await rig.stateFor(rig.ann, bad.id) === "failed");
    assert.deepEqual(await rig.inbox(rig.bob), [good.id]);
    const detail = await rig.services.commands.get(rig.ann, { id: bad.id });
    assert.ok(!(detail instanceof Refusal));
    assert.ok(detail.timeline.some(({ note }) => note === "A file did not pass the checks."));
  });
}

Deno.test("FI-6, CM-8: a scheduled command waits for its time also when its files are clean", async () => {
  await using rig = await desk();
  const file = await rig.upload(rig.ann, "later");
  const deliverAt = new Date(systemClock.now() + 3600_000).toISOString();
  const command = await rig.sent([file.id], { deliverAt });
  await rig.judge(rig.ann, file, "clean");
  assert.equal(command.deliverAt, deliverAt);
  assert.deepEqual(await rig.inbox(rig.bob), []);
  assert.equal(await rig.stateFor(rig.ann, command.id), "scheduled");
});

Deno.test("FI-6, CM-6: a command that waits for its files can be taken back, and stays back", async () => {
  await using rig = await desk();
  const file = await rig.upload(rig.ann, "back");
  const command = await rig.sent([file.id]);
  assert.ok(!(await rig.services.commands.cancel(rig.ann, { id: command.id }) instanceof Refusal));
  await rig.judge(rig.ann, file, "clean");
  assert.equal(await rig.stateFor(rig.ann, command.id), "cancelled");
  assert.deepEqual(await rig.inbox(rig.bob), []);
  assert.equal(await rig.reads(rig.bob, file), "not_found");
});

Deno.test("CM-2, FI-5: only one's own files can be attached, and no rejected one", async () => {
  await using rig = await desk();
  const [theirs, bad] = [await rig.clean(rig.bob, "theirs"), await rig.upload(rig.ann, "bad")];
  await rig.judge(rig.ann, bad, "infected");
  const another = gone(await rig.send([theirs.id]), "not_found");
  const unknown = gone(await rig.send(["01ARZ3NDEKTSV4RRFFQ69G5FAV"]), "not_found");
  assert.equal(english(another.message), english(unknown.message));
  gone(await rig.send([bad.id]), "not_clean");
  assert.deepEqual(await rig.inbox(rig.bob), []);
});

Deno.test("FI-5, CM-6: a file is readable while its command is, and not after it was taken back", async () => {
  await using rig = await desk();
  const file = await rig.clean(rig.ann, "taken");
  const command = await rig.sent([file.id]);
  await rig.inbox(rig.bob);
  assert.equal(await rig.reads(rig.bob, file), true);
  await rig.services.commands.cancel(rig.ann, { id: command.id });
  assert.equal(await rig.reads(rig.bob, file), "not_found");
});

Deno.test("FI-5, CO-2: the files of a sealed command are closed until it is opened", async () => {
  await using rig = await desk();
  await rig.services.preferences.set(rig.bob, { categories: { general: "ask" } });
  const file = await rig.clean(rig.ann, "sealed");
  const command = await rig.sent([file.id]);
  assert.deepEqual(await rig.inbox(rig.bob), [command.id]);
  assert.equal(await rig.reads(rig.bob, file), "not_found");
  await rig.services.commands.update(rig.bob, { id: command.id, state: "seen" });
  assert.equal(await rig.reads(rig.bob, file), true);
});

Deno.test("FI-5, CO-3: a person who blocked a command cannot read its files", async () => {
  await using rig = await desk();
  await rig.services.preferences.set(rig.bob, { categories: { general: "block" } });
  const file = await rig.clean(rig.ann, "blocked");
  await rig.sent([file.id]);
  assert.deepEqual(await rig.inbox(rig.bob), []);
  assert.equal(await rig.reads(rig.bob, file), "not_found");
});

Deno.test("FI-7: a file that a command carries cannot be removed and is kept behind its history", async () => {
  await using rig = await desk();
  const file = await rig.clean(rig.ann, "kept");
  const command = await rig.sent([file.id]);
  const now = await rig.services.files.get(rig.ann, file.id);
  assert.ok(!(now instanceof Refusal));
  const days = (Date.parse(now.expiresAt) - Date.parse(command.expiresAt)) / (24 * 3600_000);
  assert.equal(days, 14);
  gone(await rig.services.files.remove(rig.ann, file.id), "conflict");
});

Deno.test("CM-5, FI-5: the sender can read the files of a submitted proof, and so can the person who submitted them", async () => {
  await using rig = await desk();
  const command = await rig.sent([], { requires: "review", kind: "task" });
  await rig.inbox(rig.bob);
  const proof = await rig.clean(rig.bob, "proof");
  const done = await rig.services.commands.update(rig.bob, {
    id: command.id,
    state: "submitted",
    proof: [proof.id],
  });
  assert.ok(!(done instanceof Refusal));
  const detail = await rig.services.commands.get(rig.ann, { id: command.id });
  assert.ok(!(detail instanceof Refusal));
  assert.deepEqual(detail.recipients?.[0]?.proof.map(({ fileId }) => fileId), [proof.id]);
  assert.equal(await rig.reads(rig.ann, proof), true);
  assert.equal(await rig.reads(rig.cat, proof), "not_found");
  const own = await rig.services.commands.get(rig.bob, { id: command.id });
  assert.ok(!(own instanceof Refusal));
  assert.deepEqual(
    own.state?.proof?.map(({ fileId }) => fileId),
    [proof.id],
    "and their own, by the one who did",
  );
  assert.equal(await rig.reads(rig.bob, proof), true);
});

Deno.test("CM-5: proof completes in one step with its files, or after they were submitted", async () => {
  await using rig = await desk();
  for (const steps of [["completed"], ["submitted", "completed"], ["accepted", "completed"]] as const) {
    const { id } = await rig.sent([], { requires: "proof", kind: "task" });
    await rig.inbox(rig.bob);
    const proof = await rig.clean(rig.bob, `proof ${steps.join()}`);
    for (const [at, state] of steps.entries()) {
      // Files that were submitted before need not come again.
      const files = state === "accepted" || steps[at - 1] === "submitted" ? [] : [proof.id];
      const done = await rig.services.commands.update(rig.bob, { id, state, proof: files });
      assert.ok(!(done instanceof Refusal), `${steps.join()}: ${state}`);
      assert.equal(done.state.state, state);
    }
    const detail = await rig.services.commands.get(rig.ann, { id });
    assert.ok(!(detail instanceof Refusal));
    assert.deepEqual(detail.recipients?.[0]?.proof.map(({ fileId }) => fileId), [proof.id]);
  }
});

Deno.test("CM-5: proof of somebody else's, with another state, or a second one is refused", async () => {
  await using rig = await desk();
  const command = await rig.sent([], { requires: "review", kind: "task" });
  await rig.inbox(rig.bob);
  const [own, other, annas] = [
    await rig.clean(rig.bob, "own"),
    await rig.clean(rig.bob, "other"),
    await rig.clean(rig.ann, "annas"),
  ];
  const hand = (proof: FileObject, state: CommandState) =>
    rig.services.commands.update(rig.bob, { id: command.id, state, proof: [proof.id] });
  gone(await hand(annas, "submitted"), "not_found");
  gone(await hand(own, "seen"), "invalid_params");
  assert.ok(!(await hand(own, "submitted") instanceof Refusal));
  assert.ok(!(await hand(own, "submitted") instanceof Refusal), "a repeat is fine");
  gone(await hand(other, "submitted"), "conflict");
});

Deno.test("FI-6, CM-7: a sender who is connected hears that a command failed", async () => {
  await using rig = await desk();
  const file = await rig.upload(rig.ann, "heard");
  const sent = await rig.sent([file.id]);
  await using app = await served(rig.services);
  const socket = new WebSocket(`${app.origin.replace("http", "ws")}/api/ws?token=${rig.token}`);
  const heard: { method: string; params: CommandChanged }[] = [];
  socket.onmessage = ({ data }) => heard.push(JSON.parse(data));
  const closed = new Promise<CloseEvent>((resolve) => socket.onclose = resolve);
  let lost: CloseEvent | undefined;
  void closed.then((event) => lost = event);
  const connected = () => assert.equal(lost, undefined, `closed with ${lost?.code} ${lost?.reason}`);
  await until(() => {
    connected();
    return heard.some(({ method }) => method === "session.ready");
  }, "session.ready");
  await rig.judge(rig.ann, file, "infected");
  const failed = await until(() => {
    connected();
    return heard.find(({ method, params }) =>
      method === "command.changed" && params.id === sent.id && params.state === "failed"
    );
  }, "the command to fail");
  assert.equal(failed.params.note, "A file did not pass the checks.");
  socket.close();
  await closed;
});
