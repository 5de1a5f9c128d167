import assert from "node:assert/strict";
import { type FileObject, limits, Refusal } from "../../lib/protocol/mod.ts";
import { assertNoMarkup, nasty } from "../fakes/markup.ts";
import { withApp } from "../fakes/app_rig.ts";
import { as, form } from "../fakes/page_forms.ts";
import { told } from "../fakes/told.ts";

const attachedTo = ({ id, sha256, name, size, type }: FileObject) => ({
  fileId: id,
  sha256,
  name,
  size,
  type,
});

Deno.test("CM-2: one's own files that may be sent are offered, the rest is not", async () => {
  await withApp(async (send, app) => {
    const cookie = app.cookieOf("ann");
    const empty = await (await send("/send", as(cookie))).text();
    assert.match(empty, /You have no files yet\. <a href="\/files">/);
    const clean = fake.file({ name: "clean.txt" });
    const scanning = fake.file({ name: "new.txt", state: "scanning" });
    for (const state of ["held", "rejected"] as const) fake.file({ name: `${state}.txt`, state });
    const bobs = fake.file({ name: "bobs.txt" }, "his", "bob");
    for (const path of ["/send", "/admin/broadcast"]) {
      fake.world.people.get("ann")!.user.role = "admin";
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
    const chosen = fake.file({ name: "old.txt" });
    for (let i = 0; i < 30; i++) fake.file();
    const draft: [string, string][] = [["key", "1"], ["to", "bob"], ["kind", "media"], ["requires", "none"]];
    const withFiles = (ids: string[]): [string, string][] => [
      ...draft,
      ...ids.map((id): [string, string] => ["attachments", id]),
    ];
    const sent = await send("/send", form(withFiles([chosen.id, fake.world.files[0]!.id]), cookie));
    assert.equal(sent.status, 303);
    const call = fake.world.calls.find(({ method }) => method === "command.send");
    assert.deepEqual((call?.params as { attachments: string[] }).attachments, [
      chosen.id,
      fake.world.files[0]!.id,
    ]);
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
    const id = fake.file().id;
    const many = await post(Array.from({ length: limits.attachments + 1 }, () => id));
    assert.equal(many.status, 400);
    assert.match(await many.text(), /id="attachments-error">Choose at most 10 files\./);
    const strange = await post([nasty]);
    assert.equal(strange.status, 400);
    const html = await strange.text();
    assertNoMarkup(html);
    assert.match(html, /id="attachments-error">Choose from your own files\./);
    const fields = { attachments: "field.rejectedFile" as const };
    fake.world.refuse.set(
      "command.send",
      new Refusal("not_clean", told("A file did not pass the checks."), { fields }),
    );
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
    fake.world.people.get("ann")!.user.role = "admin";
    const cookie = app.cookieOf("ann");
    const id = fake.file().id;
    const fields = { key: "1", audience: "all", kind: "media", requires: "none", attachments: id };
    const html = await (await send("/admin/broadcast", form({ ...fields, do: "preview" }, cookie))).text();
    assert.match(html, new RegExp(`<input type="hidden" name="attachments" value="${id}"`));
    const sent = await send("/admin/broadcast", form({ ...fields, do: "send" }, cookie));
    assert.equal(sent.status, 303);
    const call = fake.world.calls.find(({ method }) => method === "command.send");
    assert.deepEqual((call?.params as { attachments: string[] }).attachments, [id]);
  });
});

Deno.test("FI-6: the sender reads that a command waits for its files, or that one did not pass", async () => {
  await withApp(async (send, app) => {
    const cookie = app.cookieOf("ann");
    const file = fake.file({ state: "scanning" });
    const command = fake.command("ann", { attachments: [attachedTo(file)] });
    fake.world.outbox.push({ command, totals: { scheduled: 2 }, recipients: [] });
    const pages = async () =>
      await Promise.all(
        ["/sent", `/sent/${command.id}`].map(async (path) => await (await send(path, as(cookie))).text()),
      );
    for (const html of await pages()) {
      assert.ok(html.includes("Waiting for file checks."));
      assert.ok(html.includes("Still being checked."));
    }
    file.state = "rejected";
    fake.world.outbox[0]!.totals = { failed: 2 };
    for (const html of await pages()) {
      assert.ok(html.includes("Not delivered: a file did not pass the checks."));
      assert.ok(!html.includes("Waiting for file checks"));
    }
    file.state = "clean";
    fake.world.outbox[0]!.totals = { queued: 2 };
    for (const html of await pages()) {
      assert.ok(
        !html.includes("the checks of its files") && html.includes(`/api/v1/files/${file.id}/content`),
      );
    }
  });
});

Deno.test("FI-5: what a command carries is shown in place, and what is not there any more is said in words", async () => {
  await withApp(async (send, app) => {
    const picture = fake.file({ name: "lake.png", type: "image/png" });
    const gone = { ...attachedTo(picture), fileId: "01JGFJJZ00000000000000000Z", name: "gone.png" };
    const unclean = fake.file({ name: "bad.png", type: "image/png", state: "rejected" });
    const paper = fake.file({ name: "plan.pdf", type: "application/pdf", size: 3_500_000 });
    const attachments = [attachedTo(picture), gone, attachedTo(unclean), attachedTo(paper)];
    const item = fake.item(fake.command("bob", { attachments }), "seen");
    fake.world.inbox.push(item);
    for (const path of ["/", `/history/${item.command.id}`]) {
      const html = await (await send(path, as(app.cookieOf("ann")))).text();
      assert.equal(html.match(/<img/g)?.length, 1, path);
      assert.match(
        html,
        new RegExp(
          `<a href="/api/v1/files/${picture.id}/content/lake.png"[^>]*><img src="[^"]*" alt="lake.png" loading="lazy"`,
        ),
      );
      assert.match(html, /gone\.png[^]*No longer available\./);
      assert.match(html, /bad\.png[^]*Has not passed the checks/);
      assert.ok(!html.includes(`${unclean.id}/content`) && !html.includes(`${gone.fileId}/content`));
      assert.match(html, /plan\.pdf[^]*PDF document, 3\.34 MiB/);
      const policy = (await send(path, as(app.cookieOf("ann")))).headers.get("content-security-policy") ??
        "";
      assert.match(policy, /img-src 'self'/);
      assert.match(policy, /media-src 'self'/);
    }
  });
});

Deno.test("CO-2: a sealed command shows nothing of its files", async () => {
  await withApp(async (send, app) => {
    const { id, from, categories, createdAt, deliverAt, dueAt, expiresAt } = fake.command("bob");
    const sealed = { id, from, categories, createdAt, deliverAt, dueAt, expiresAt, sealed: true as const };
    fake.world.inbox.push(fake.item(sealed, "delivered"));
    const html = await (await send("/", as(app.cookieOf("ann")))).text();
    assert.ok(html.includes("Sealed") && !html.includes("/api/v1/files/"));
    assert.ok(!fake.world.calls.some(({ method }) => method === "file.get"));
  });
});

Deno.test("CM-5: proof is handed in with files, and the sender sees them", async () => {
  await withApp(async (send, app) => {
    const cookie = app.cookieOf("ann");
    const file = fake.file({ name: "fence.png", type: "image/png" });
    const command = fake.command("bob", { requires: "proof" });
    const item = fake.item(command, "accepted");
    fake.world.inbox.push(item, fake.item(fake.command("bob", { requires: "confirmation" }), "accepted"));
    const html = await (await send("/", as(cookie))).text();
    assert.equal(html.match(new RegExp(`name="proof" value="${file.id}"`, "g"))?.length, 1);
    assert.doesNotMatch(
      html,
      new RegExp(`id="note-in-${command.id}"[^>]* required`),
      "files do as well as words",
    );
    await send(
      "/",
      form([["id", command.id], ["state", "submitted"], ["note", ""], ["proof", file.id]], cookie),
    );
    assert.deepEqual(fake.world.calls.findLast(({ method }) => method === "command.update")?.params, {
      id: command.id,
      state: "submitted",
      proof: [file.id],
    });
    item.state = { ...item.state!, state: "submitted", proof: [attachedTo(file)] };
    const seen = await (await send("/", as(cookie))).text();
    assert.match(seen, /Your submission[^]*fence\.png/, "who handed it in sees it again");
    const later = await (await send(`/history/${command.id}`, as(cookie))).text();
    assert.match(later, /Your submission[^]*<img src="[^"]*" alt="fence.png"/);
    item.state.state = "accepted";
    await send("/", form([["id", command.id], ["state", "declined"], ["proof", file.id]], cookie));
    assert.deepEqual(fake.world.calls.findLast(({ method }) => method === "command.update")?.params, {
      id: command.id,
      state: "declined",
    }, "what was ticked for another answer stays behind");

    const asked = fake.command("ann", { requires: "review" });
    fake.world.outbox.push({
      command: asked,
      totals: { submitted: 1 },
      recipients: [{
        username: "bob",
        displayName: "bob",
        state: "submitted",
        updatedAt: asked.createdAt,
        note: null,
        proof: [attachedTo(file)],
      }],
    });
    const list = await (await send("/sent", as(cookie))).text();
    assert.ok(
      list.includes('aria-label="Submitted by @bob"') && list.includes("fence.png") && !list.includes("<img"),
    );
    const one = await (await send(`/sent/${asked.id}`, as(cookie))).text();
    assert.match(one, /Submitted by @bob[^]*<img src="[^"]*" alt="fence.png"/);
  });
});
