import assert from "node:assert/strict";
import { type FileObject, type FileState, Refusal } from "../../lib/protocol/mod.ts";
import { assertNoMarkup, nasty } from "../fakes/markup.ts";
import { png } from "../fakes/account_world.ts";
import { type AppRig, withApp } from "../fakes/app_rig.ts";
import { as, form } from "../fakes/page_forms.ts";
import { joined } from "../fakes/form_bodies.ts";
import { told } from "../fakes/told.ts";
import { answerNext } from "../fakes/replaced_calls.ts";

/** The first bytes of what a type is known by. */
const starts = {
  "image/png": png(),
  "audio/mpeg": Uint8Array.of(0xff, 0xfb, 0x90, 0x64),
  "audio/ogg": "OggS\0\x02".padEnd(28, "\0") + "\x01vorbis".padEnd(30, "\0"),
  "video/mp4": joined([Uint8Array.of(0, 0, 0, 24), "ftypisom".padEnd(20, "\0")]),
  "application/pdf": "%PDF-1.7 ",
};

async function filesOf(app: AppRig, who = "ann"): Promise<string[]> {
  return (await app.services.files.list(await app.caller(who), {})).files.map(({ id }) => id);
}

/** A multipart form as a browser posts it from a page of the same site. */
function multipart(parts: [name: string, value: string | File][], cookie: string): RequestInit {
  const body = new FormData();
  for (const [name, value] of parts) body.append(name, value);
  return { method: "POST", body, headers: { "sec-fetch-site": "same-origin", cookie } };
}

/** The page without its pictures, which tests of what people write look for. */
const withoutPictures = (html: string) =>
  html.replaceAll(/<img src="\/api\/v1\/files\/[^<>"]*" alt="[^"]*"[^<>]*>/g, "");

Deno.test("UI-1 FI-4: the files page is there without scripts, says what to do when empty, and who may see it", async () => {
  await withApp(async (send, app) => {
    assert.equal((await send("/files")).headers.get("location"), "/login?next=%2Ffiles");
    const response = await send("/files", as(app.cookieOf("ann")));
    const html = await response.text();
    assert.equal(response.headers.get("cache-control"), "no-store");
    assert.match(html, /<form[^>]*method="post"[^>]*action="\/files"[^>]*enctype="multipart\/form-data"/);
    assert.match(html, /<input type="file"[^>]*name="file" required/);
    assert.ok(html.includes("No files yet") && html.includes("Upload a file above"));
    assert.ok(html.includes("up to 1 MiB"));
    assert.match(html, /<meter min="0" max="4194304"[^>]*value="0" aria-label=/);
    assert.ok(html.includes('href="/files"'), "it is in the navigation");
  });
});

Deno.test("FI-4: each state has a sentence, and only clean files can be opened", async () => {
  await withApp(async (send, app) => {
    const sentences: Record<FileState, string> = {
      scanning: "Being checked. Until then nobody",
      clean: "Passed the checks. You can send it.",
      held: "until it passes or a moderator releases it",
      rejected: "you cannot upload it again",
    };
    for (const [state, sentence] of Object.entries(sentences)) {
      const username = `ann-${state}`;
      const cookie = await app.person(username);
      const content = ({ scanning: "12345", clean: "23456", held: "34567", rejected: "45678" })[state]!;
      const file = await app.file(username, {
        state: state as FileState,
        name: "holiday plan.txt",
        content,
      });
      const html = await (await send("/files", as(cookie))).text();
      assert.ok(html.includes(sentence), state);
      assert.equal(
        html.includes(`/api/v1/files/${file.id}/content/holiday%20plan.txt`),
        state === "clean",
        state,
      );
      assert.ok(html.includes("Plain text, 5 bytes"));
    }
  });
});

Deno.test("FI-7: each file says when it goes, and why", async () => {
  await withApp(async (send, app) => {
    const { id } = await app.file();
    const unused = await (await send("/files", as(app.cookieOf("ann")))).text();
    assert.match(unused, /Unused: deleted <time[^>]*>[^<]+<\/time> unless you send it/);
    const { id: command } = await app.command("ann", "bob", { attachments: [id] });
    await app.answer("bob", command, "completed");
    const used = await (await send("/files", as(app.cookieOf("ann")))).text();
    assert.match(
      used,
      /Deleted <time[^>]*>[^<]+<\/time>: 14\s+days after its last command ends/,
    );
  });
});

Deno.test("FI-5: pictures, sound and video can be looked at in place; nothing plays by itself", async () => {
  await withApp(async (send, app) => {
    for (const type of ["image/png", "audio/mpeg", "video/mp4", "application/pdf"] as const) {
      assert.equal((await app.file("ann", { content: starts[type] })).type, type);
    }
    const html = await (await send("/files", as(app.cookieOf("ann")))).text();
    // In its place, and as large as the window once it is pressed.
    assert.equal(html.match(/<img[^>]* loading="lazy"/g)?.length, 2);
    assert.equal(html.match(/<img/g)?.length, 2, "none is loaded before it can be seen");
    assert.match(html, /<audio controls preload="none" src="\/api\/v1\/files\//);
    assert.match(html, /<video controls preload="metadata" src="\/api\/v1\/files\//);
    assert.ok(
      !html.includes("autoplay") && !html.includes('__frsh_c="') && !/content\/[^"]*__frsh_c/.test(html),
    );
  });
});

Deno.test("FI-1: a file is uploaded by a plain form, with the name that it has", async () => {
  await withApp(async (send, app) => {
    app.virus.script = () => "hang";
    const cookie = app.cookieOf("ann");
    const file = new File(["some words"], "Ærlig talt.txt");
    const answer = await send("/files", multipart([["file", file]], cookie));
    assert.equal(answer.status, 303);
    assert.equal(answer.headers.get("location"), "/files?notice=uploaded");
    const html = await (await send("/files?notice=uploaded", as(cookie))).text();
    assert.ok(
      html.includes("Ærlig talt.txt") && html.includes("Being checked") && html.includes('role="status"'),
    );
  });
});

Deno.test("FI-1: what is refused is said beside the field, with its status", async () => {
  await withApp(async (send, app) => {
    const cookie = app.cookieOf("ann");
    const post = (file: File) => send("/files", multipart([["file", file]], cookie));
    const large = await post(new File([new Uint8Array(1024 * 1024 + 1)], "large"));
    assert.equal(large.status, 413);
    assert.match(await large.text(), /aria-invalid="true"[^]*id="file-error">[^<]*1048576 bytes/);
    const none = await send("/files", multipart([["other", "words"]], cookie));
    assert.equal(none.status, 400);
    assert.match(await none.text(), /id="file-error">/);
    const notTaken = new Refusal("not_clean", told(`This file is not taken ${nasty}.`));
    answerNext(app.services.files, "upload", notTaken);
    const refused = await post(new File(["x"], "x"));
    assert.equal(refused.status, 409);
    const html = await refused.text();
    assert.ok(html.includes("This file is not taken"));
    assertNoMarkup(html);
    assert.deepEqual(await filesOf(app), []);
    const foreign = await send("/files", {
      ...multipart([["file", new File(["x"], "x")]], cookie),
      headers: { "sec-fetch-site": "cross-site", origin: "https://elsewhere.example", cookie },
    });
    assert.equal(foreign.status, 403);
    assert.deepEqual(await filesOf(app), []);
  });
});

Deno.test("FI-5: a file is deleted by its owner alone, asked twice; what is in use says so", async () => {
  await withApp(async (send, app) => {
    const cookie = app.cookieOf("ann");
    const mine = await app.file();
    const used = await app.file();
    const bobs = await app.file("bob");
    await app.command("ann", "bob", { attachments: [used.id] });
    const html = await (await send("/files", as(cookie))).text();
    assert.match(html, /<details[^>]*><summary[^>]*>Delete<\/summary>[^]*Delete file/);
    assert.ok(!html.includes(bobs.id));
    const post = (id: string, action = "remove") => send("/files", form({ id, action }, cookie));
    assert.equal((await post(bobs.id)).status, 404);
    assert.equal((await post(nasty)).status, 404);
    assert.equal((await post(mine.id, "explode")).status, 400);
    const refused = await post(used.id);
    assert.equal(refused.status, 409);
    assert.match(await refused.text(), /role="alert">[^<]*command/);
    assert.deepEqual(await filesOf(app), [used.id, mine.id]);
    assert.equal((await post(mine.id)).headers.get("location"), "/files?notice=removed");
    assert.deepEqual([await filesOf(app), await filesOf(app, "bob")], [[used.id], [bobs.id]]);
  });
});

Deno.test("UI-8 FI-8: names of files are text wherever they stand", async () => {
  await withApp(async (send, app) => {
    const cookie = app.cookieOf("ann");
    const upload = async (who: string) => {
      const ids: string[] = [];
      for (const type of ["image/png", "audio/ogg", "video/mp4"] as const) {
        const file = await app.file(who, {
          name: nasty.replaceAll("/", ""),
          content: joined([starts[type], who]),
        });
        assert.equal(file.type, type);
        ids.push(file.id);
      }
      return ids;
    };
    const received = await app.command("bob", "ann", { attachments: await upload("bob"), requires: "proof" });
    await app.answer("ann", received.id, "accepted");
    const sent = await app.command("ann", "bob", { attachments: await upload("ann") });
    const paths = [
      "/files",
      `/?open=${received.id}`,
      `/sent/${sent.id}`,
      "/send",
      `/history/${received.id}`,
    ];
    for (const path of paths) {
      const html = await (await send(path, as(cookie))).text();
      assertNoMarkup(withoutPictures(html));
      assert.ok(html.includes("&lt;script>alert(1)&lt;script>"), `${path} shows the name`);
      assert.ok(!html.includes("style="), path);
    }
  });
});

Deno.test("FI-8: a name never leads out of the file's own address", async () => {
  await withApp(async (send, app) => {
    const names = ["..", ".", "a/../../b", "?x#y", "%2e%2e"];
    const files: FileObject[] = [];
    // No upload may have such a name.
    for (const name of names) files.push({ ...await app.file(), name });
    const ids = files.map(({ id }) => id);
    answerNext(app.services.files, "list", { files, next: null });
    const html = await (await send("/files", as(app.cookieOf("ann")))).text();
    const links = [...html.matchAll(/href="(\/api\/[^"]*)"/g)].map(([, href = ""]) =>
      new URL(href, "http://x")
    );
    assert.equal(links.length, names.length);
    for (const link of links) {
      assert.ok(ids.some((id) => link.pathname.startsWith(`/api/v1/files/${id}/content`)), link.href);
      assert.equal(link.search + link.hash, "");
    }
  });
});

Deno.test("FI-4: the list is paged, and a wrong page says so", async () => {
  await withApp(async (send, app) => {
    const cookie = app.cookieOf("ann");
    for (let i = 0; i < 60; i++) await app.file("ann", { name: `file ${i}` });
    const first = await (await send("/files", as(cookie))).text();
    const older = /href="(\/files\?before=[0-9A-Z]{26})"/.exec(first)?.[1];
    assert.ok(older !== undefined);
    const second = await (await send(older, as(cookie))).text();
    assert.ok(second.includes("file 9<") && !second.includes("file 10<"));
    const wrong = await (await send(`/files?before=${encodeURIComponent(nasty)}`, as(cookie))).text();
    assertNoMarkup(wrong);
    assert.match(wrong, /role="alert"/);
  });
});
