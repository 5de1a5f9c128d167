import assert from "node:assert/strict";
import { type Command, type FileObject, limits, Refusal } from "../../lib/protocol/mod.ts";
import { assertNoMarkup, nasty } from "../fakes/markup.ts";
import { type AppRig, type FileWish, withApp } from "../fakes/app_rig.ts";
import { as, form } from "../fakes/page_forms.ts";
import { png } from "../fakes/account_world.ts";
import { joined } from "../fakes/form_bodies.ts";

/** Files of what ann sent last. */
async function attachedBy(app: AppRig): Promise<string[]> {
  const [item] = await app.sentBy("ann");
  return (item?.command as Command).attachments.map(({ fileId }) => fileId);
}

Deno.test("CM-2: one's own files that may be sent are offered, the rest is not", async () => {
  await withApp(async (send, app) => {
    const cookie = app.cookieOf("ann");
    const empty = await (await send("/send", as(cookie))).text();
    assert.match(empty, /You have no files yet\. <a href="\/files">/);
    const clean = await app.file("ann", { name: "clean.txt" });
    const scanning = await app.file("ann", { name: "new.txt", state: "scanning" });
    for (const state of ["held", "rejected"] as const) await app.file("ann", { name: `${state}.txt`, state });
    const bobs = await app.file("bob", { name: "bobs.txt" });
    await app.setRole("ann", "admin");
    for (const path of ["/send", "/admin/broadcast"]) {
      const html = await (await send(path, as(cookie))).text();
      const offered = [...html.matchAll(/name="attachments" value="([^"]*)"/g)].map(([, id]) => id);
      assert.deepEqual(offered, [scanning.id, clean.id], path);
      assert.ok(!html.includes(bobs.id), path);
      assert.ok(html.includes("delivered once they pass the checks"), path);
    }
  });
});

Deno.test("FI-6: chosen files go with the command, and stay chosen when it is refused or previewed", async () => {
  await withApp(async (send, app) => {
    const cookie = app.cookieOf("ann");
    await app.befriend("ann", "bob");
    const chosen = await app.file("ann", { name: "old.txt" });
    for (let i = 0; i < 29; i++) await app.file();
    const { id: other } = await app.file();
    const draft: [string, string][] = [["key", "1"], ["to", "bob"], ["kind", "media"], ["requires", "none"]];
    const withFiles = (ids: string[]): [string, string][] => [
      ...draft,
      ...ids.map((id): [string, string] => ["attachments", id]),
    ];
    const sent = await send("/send", form(withFiles([chosen.id, other]), cookie));
    assert.equal(sent.status, 303);
    assert.deepEqual(await attachedBy(app), [chosen.id, other]);
    const preview = await send("/send", form([...withFiles([chosen.id]), ["do", "preview"]], cookie));
    const ticked = new RegExp(`name="attachments" value="${chosen.id}" checked`);
    assert.match(await preview.text(), ticked);
    const wrong = await send("/send", form([...withFiles([chosen.id]), ["title", "x".repeat(121)]], cookie));
    assert.equal(wrong.status, 400);
    assert.match(await wrong.text(), ticked);
  });
});

Deno.test("CM-2: files that cannot go with a command are said beside them", async () => {
  await withApp(async (send, app) => {
    const cookie = app.cookieOf("ann");
    const post = (ids: string[]) =>
      send(
        "/send",
        form([
          ["key", "1"],
          ["to", "bob"],
          ["kind", "message"],
          ["requires", "none"],
          ...ids.map((id): [string, string] => ["attachments", id]),
        ], cookie),
      );
    const { id } = await app.file("ann", { state: "rejected" });
    await app.befriend("ann", "bob");
    const many = await post(Array.from({ length: limits.attachments + 1 }, () => id));
    assert.equal(many.status, 400);
    assert.match(await many.text(), /id="attachments-error">Choose at most 10 files\./);
    const strange = await post([nasty]);
    assert.equal(strange.status, 400);
    const html = await strange.text();
    assertNoMarkup(html);
    assert.match(html, /id="attachments-error">Choose from your own files\./);
    const unclean = await post([id]);
    assert.equal(unclean.status, 409);
    assert.match(
      await unclean.text(),
      /id="attachments-error">A file did not pass the checks\. Remove it\./,
    );
  });
});

Deno.test("MO-4 CM-2: a broadcast keeps its files from the preview to the send", async () => {
  await withApp(async (send, app) => {
    await app.setRole("ann", "admin");
    const cookie = app.cookieOf("ann");
    const { id } = await app.file();
    const fields = { key: "1", audience: "all", kind: "media", requires: "none", attachments: id };
    const html = await (await send("/admin/broadcast", form({ ...fields, do: "preview" }, cookie))).text();
    assert.match(html, new RegExp(`<input type="hidden" name="attachments" value="${id}"`));
    const sent = await send("/admin/broadcast", form({ ...fields, do: "send" }, cookie));
    assert.equal(sent.status, 303);
    assert.deepEqual(await attachedBy(app), [id]);
  });
});

Deno.test("FI-6: the sender reads that a command waits for its files, or that one did not pass", async () => {
  await withApp(async (send, app) => {
    const cookie = app.cookieOf("ann");
    const passes = Promise.withResolvers<"clean" | "infected">();
    const fails = Promise.withResolvers<"clean" | "infected">();
    const verdicts = [passes, fails];
    app.virus.script = () => verdicts.shift()!.promise;
    const upload = async (name: string) => await app.file("ann", { name, state: "scanning" });
    const good = await app.command("ann", "bob", { attachments: [(await upload("good")).id] });
    const bad = await app.command("ann", "bob", { attachments: [(await upload("bad")).id] });
    const pagesOf = async ({ id }: { id: string }) => {
      const card = new RegExp(`<article[^>]*${id}[^]*?</article>`);
      const list = card.exec(await (await send("/sent", as(cookie))).text())?.[0] ?? "";
      return [list, await (await send(`/sent/${id}`, as(cookie))).text()];
    };
    const [row, own] = await pagesOf(good);
    for (const html of [row, own]) assert.ok(html!.includes("Waiting for file checks."));
    assert.ok(own!.includes("Still being checked."));
    fails.resolve("infected");
    passes.resolve("clean");
    await app.jobsUntil(
      async () => (await app.commandOf("ann", bad.id)).totals?.failed === 1,
      "a failed command",
    );
    for (const html of await pagesOf(bad)) {
      assert.ok(html.includes("Not delivered: a file did not pass the checks."));
      assert.ok(!html.includes("Waiting for file checks"));
    }
    await app.jobsUntil(
      async () => (await app.commandOf("ann", good.id)).totals?.queued === 1,
      "a released command",
    );
    const [file] = good.attachments;
    const [released, its] = await pagesOf(good);
    for (const html of [released, its]) assert.ok(!html!.includes("Waiting for file checks"));
    assert.ok(its!.includes(`/api/v1/files/${file?.fileId}/content`));
  });
});

Deno.test("FI-5: what a command carries is shown in place, and what is not there any more is said in words", async () => {
  await withApp(async (send, app) => {
    const file = (name: string, content: FileWish["content"]) => app.file("bob", { name, content: content! });
    const picture = await file("lake.png", png());
    const gone = await file("gone.png", joined([png(), "gone"]));
    const unclean = await file("bad.png", joined([png(), "bad"]));
    const paper = await file("plan.pdf", "%PDF-1.7 ".padEnd(1_000_000));
    const attachments = [picture, gone, unclean, paper].map(({ id }) => id);
    const { id } = await app.command("bob", "ann", { attachments });
    // What became of two of them after the send.
    const { get } = app.services.files;
    app.services.files.get = async function (caller, fileId) {
      if (fileId === gone.id) return new Refusal("not_found", "file.missing");
      const found = await get.call(this, caller, fileId);
      return fileId === unclean.id ? { ...(found as FileObject), state: "rejected" } : found;
    };
    for (const path of [`/?open=${id}`, `/history/${id}`]) {
      const html = await (await send(path, as(app.cookieOf("ann")))).text();
      assert.equal(
        html.match(/<img/g)?.length,
        2,
        `${path}: in its place, and over the page when it is pressed`,
      );
      assert.match(
        html,
        new RegExp(
          `popovertarget="light-${picture.id}"><img src="/api/v1/files/${picture.id}/content/lake.png" alt="lake.png" loading="lazy"`,
        ),
      );
      assert.match(html, /gone\.png[^]*No longer available\./);
      assert.match(html, /bad\.png[^]*Has not passed the checks/);
      assert.ok(!html.includes(`${unclean.id}/content`) && !html.includes(`${gone.id}/content`));
      assert.match(html, /plan\.pdf[^]*PDF document, 977 KiB/);
      const policy = (await send(path, as(app.cookieOf("ann")))).headers.get("content-security-policy") ??
        "";
      assert.match(policy, /img-src 'self'/);
      assert.match(policy, /media-src 'self'/);
    }
  });
});

Deno.test("CO-2: a sealed command shows nothing of its files", async () => {
  await withApp(async (send, app) => {
    await app.preferences("ann", { categories: { feet: "ask" } });
    const { id, name } = await app.file("bob", { name: "secret plan.txt" });
    await app.command("bob", "ann", { categories: ["feet"], attachments: [id] });
    const html = await (await send("/", as(app.cookieOf("ann")))).text();
    assert.ok(html.includes("Sealed") && !html.includes("/api/v1/files/"));
    assert.ok(!html.includes(id) && !html.includes(name));
  });
});

Deno.test("CM-5: proof is handed in with files, and the sender sees them", async () => {
  await withApp(async (send, app) => {
    const cookie = app.cookieOf("ann");
    const file = await app.file("ann", { name: "fence.png", content: png() });
    const command = await app.command("bob", "ann", { requires: "proof" });
    const other = await app.command("bob", "ann", { requires: "proof" });
    const confirmed = await app.command("bob", "ann", { requires: "confirmation" });
    for (const { id } of [command, other, confirmed]) await app.answer("ann", id, "accepted");
    const pageOf = async ({ id }: { id: string }) => await (await send(`/?open=${id}`, as(cookie))).text();
    const html = await pageOf(command);
    for (const [one, boxes] of [[command, 1], [other, 1], [confirmed, 0]] as const) {
      const found = (await pageOf(one)).match(new RegExp(`name="proof" value="${file.id}"`, "g"));
      assert.equal(found?.length ?? 0, boxes, "only where proof is asked for");
    }
    assert.doesNotMatch(
      html,
      new RegExp(`id="note-in-${command.id}"[^>]* required`),
      "files do as well as words",
    );
    await send(
      "/",
      form([["id", command.id], ["state", "submitted"], ["note", ""], ["proof", file.id]], cookie),
    );
    const proofOf = async ({ id }: { id: string }) => {
      const { state } = await app.commandOf("ann", id);
      return [state?.state, state?.proof?.map(({ fileId }) => fileId) ?? []];
    };
    assert.deepEqual(await proofOf(command), ["submitted", [file.id]]);
    const seen = await pageOf(command);
    assert.match(seen, /Your submission[^]*fence\.png/, "who handed it in sees it again");
    const later = await (await send(`/history/${command.id}`, as(cookie))).text();
    assert.match(later, /Your submission[^]*<img src="[^"]*" alt="fence.png"/);
    await send("/", form([["id", other.id], ["state", "declined"], ["proof", file.id]], cookie));
    const stays = "what was ticked for another answer stays behind";
    assert.deepEqual(await proofOf(other), ["declined", []], stays);

    const asked = await app.command("ann", "bob", { requires: "review" });
    const { id: proof } = await app.file("bob", { name: "fence.png", content: joined([png(), "bob"]) });
    await app.answer("bob", asked.id, "submitted", { proof: [proof] });
    const list = await (await send("/sent", as(cookie))).text();
    assert.match(
      list,
      /Submitted by @bob[^]*<img src="[^"]*" alt="fence.png"/,
      "in sight where it is reviewed",
    );
    const one = await (await send(`/sent/${asked.id}`, as(cookie))).text();
    assert.match(one, /Submitted by @bob[^]*<img src="[^"]*" alt="fence.png"/);

    // What was returned stays in the story, for both.
    const back = { id: asked.id, recipient: "bob", verdict: "return", note: "The other side too." };
    assert.equal((await send(`/sent/${asked.id}`, form(back, cookie))).status, 303);
    const { id: second } = await app.file("bob", { name: "both.png", content: joined([png(), "both"]) });
    await app.answer("bob", asked.id, "submitted", { proof: [second] });
    for (const [who, path] of [["ann", "sent"], ["bob", "history"]] as const) {
      const html = await (await send(`/${path}/${asked.id}`, as(app.cookieOf(who)))).text();
      const story = html.slice(html.indexOf('class="timeline"'));
      assert.match(story, /alt="fence.png"[^]*The other side too\.[^]*alt="both.png"/, who);
    }
    const first = await send(`/api/v1/files/${proof}/content/fence.png`, as(cookie));
    assert.equal(first.status, 200, "the sender can still see it");
    await first.body?.cancel();
  });
});
