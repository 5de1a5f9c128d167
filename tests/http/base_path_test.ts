import assert from "node:assert/strict";
import { StreamSocket } from "../../lib/client/mod.ts";
import { Behest, logIn } from "../../sdk/typescript/mod.ts";
import { openSeededSite } from "../../tools/seeded_site.ts";
import { pageVisits } from "../../tools/page_visits.ts";
import { tokenFor } from "../../tools/screenshots_seed.ts";
import { password, withApp } from "../fakes/app_rig.ts";
import { builtRoutes } from "../fakes/built_app.ts";
import { form } from "../fakes/page_forms.ts";
import { served } from "../fakes/served.ts";

const basePath = "/behest";
const env = { BEHEST_BASE_PATH: basePath };
/** The same for everyone, so asked for once. */
const isFile = (path: string) => /\.\w+$/.test(path) && !path.includes("/api/");
/** Attributes that hold no address, whatever they look like. */
const noAddress = ["value", "data-base", "data-key", "aria-keyshortcuts"];
/** Pages that are visited as what they say went wrong. */
const wrong = ["/nowhere", "/stop", "/login/sso?refused=away"].map((path) => basePath + path);

/** What an answer names: what a browser gets by itself or by a click, and the other addresses, such as those of forms and cookies. */
async function named(response: Response): Promise<{ links: string[]; others: string[] }> {
  const { headers } = response;
  const links = [headers.get("location") ?? "", headers.get("speculation-rules")?.replaceAll('"', "") ?? ""];
  for (const [, path] of (headers.get("link") ?? "").matchAll(/<([^>]*)>/g)) links.push(path!);
  const others = headers.getSetCookie().map((cookie) => `${/; Path=([^;]*)/.exec(cookie)?.[1] ?? ""}/`);
  const type = headers.get("content-type") ?? "";
  const text = await response.text();
  if (type.startsWith("text/html")) {
    // Whatever begins with a slash, in any attribute.
    for (const [, name, path] of text.matchAll(/\s([\w-]+)="(\/[^"]*)"/g)) {
      if (noAddress.includes(name!)) continue;
      (name === "href" || name === "src" ? links : others).push(path!.replaceAll("&amp;", "&"));
    }
    for (const [, path] of text.matchAll(/\bfrom ?"(\/[^"<>]*)"/g)) links.push(path!);
  }
  if (type.startsWith("text/css")) {
    for (const [, path] of text.matchAll(/url\(["']?(\/[^)"']*)/g)) links.push(path!);
  }
  if (/(?:manifest|speculationrules)\+json/.test(type)) {
    for (const [, path] of text.matchAll(/"(\/[^"]*)"/g)) links.push(path!);
  }
  return { links: links.filter((path) => path !== ""), others };
}

Deno.test("OP-10: below a sub-path no page's link, form, file, header or cookie leads out of it, and all are there", async () => {
  await using site = await openSeededSite(builtRoutes, env);
  const { origin } = new URL(site.base);
  const visits = await pageVisits(site.services);
  const problems: string[] = [];
  const seen = new Set<string>();
  for (const viewer of new Set(visits.map(({ viewer }) => viewer))) {
    const token = viewer === null ? null : await tokenFor(site.services, viewer);
    const headers = token === null ? {} : { cookie: `behest_session=${token}` };
    const known = visits.filter((visit) => visit.viewer === viewer).map(({ path }) => basePath + path);
    const waiting = [...known];
    for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
      const response = await fetch(origin + path, { headers, redirect: "manual" });
      if (response.status >= 400 && !wrong.includes(path)) {
        problems.push(`${viewer} ${path}: ${response.status}`);
      }
      const { links, others } = await named(response);
      for (const lead of [...links, ...others]) {
        const url = new URL(lead, origin + path);
        if (url.origin !== origin) continue;
        if (!url.pathname.startsWith(`${basePath}/`)) problems.push(`${viewer} ${path} → ${lead}`);
        const key = isFile(url.pathname) ? url.pathname : `${viewer} ${url.pathname}`;
        if (!links.includes(lead) || seen.has(key) || known.includes(url.pathname)) continue;
        seen.add(key);
        waiting.push(url.pathname + url.search);
      }
    }
  }
  assert.deepEqual(problems, []);
  assert.ok(seen.size > 100, `only ${seen.size} more addresses were found`);
});

Deno.test("OP-10: what is not below the sub-path is told where it is; the sub-path itself leads there", async () => {
  await withApp(async (send, app) => {
    const bare = await send(`${basePath}?open=1`);
    assert.deepEqual([bare.status, bare.headers.get("location")], [308, "/behest/?open=1"]);
    for (const path of ["/", "/login", "/behestx/login", "/healthz", "/BEHEST/login"]) {
      const { status, headers } = await send(path);
      assert.deepEqual([path, status, headers.get("x-content-type-options")], [path, 404, "nosniff"]);
    }
    assert.match(await (await send("/login")).text(), /Behest is at \/behest\/ here/);
    assert.equal((await send(basePath, form({}))).status, 404);
    assert.equal((await send("/behest/healthz")).status, 200);
    assert.equal((await send("/behest//login")).status, 200);
    // A path that is no UTF-8 is told as one where nothing is.
    assert.equal((await send("/behest/%ff")).status, 404);
    assert.equal((await send("/behest/", { headers: { cookie: app.cookieOf("ann") } })).status, 200);
  }, { env });
});

Deno.test("OP-10: a login below a sub-path sets cookies for it alone, and leads back into it", async () => {
  await withApp(async (send) => {
    const account = { username: "ann", password: "a long enough passphrase", stay: "yes" };
    const entered = await send("/behest/login?next=/files", form(account));
    assert.deepEqual([entered.status, entered.headers.get("location")], [303, "/behest/files"]);
    const paths = entered.headers.getSetCookie().map((cookie) => [
      cookie.split("=")[0],
      /; Path=([^;]*)/.exec(cookie)?.[1],
    ]);
    assert.deepEqual(
      new Map(paths as [string, string][]),
      new Map([
        ["behest_session", "/behest"],
        ["behest_renewal", "/behest/api/v1/auth/renew"],
        ["behest_stay", "/behest"],
        ["behest_device", "/behest/login"],
      ]),
    );
    // A page's script has an address with the sub-path already.
    const back = await send(`/behest/login?next=${encodeURIComponent("/behest/files?x=/y")}`, form(account));
    assert.equal(back.headers.get("location"), "/behest/files?x=/y");
    const sent = await send("/behest/files");
    assert.equal(sent.headers.get("location"), "/behest/login?next=%2Ffiles");
  }, { env });
});

Deno.test("OP-10: addresses in answers to programs have the sub-path: invitations, login links, uploads, documents", async () => {
  await withApp(async (send, app) => {
    const call = async (who: string, path: string, body: unknown) =>
      await send(`/behest/api/v1${path}`, {
        method: "POST",
        headers: { ...app.bearerOf(who), "content-type": "application/json" },
        body: JSON.stringify(body),
      });
    const site = "http://127.0.0.1:8000/behest";
    const made = await (await call("root", "/invites", {})).json();
    const invite: string = made.url;
    assert.ok(invite.startsWith(`${site}/register?invite=`), invite);
    const link = await (await call("root", "/admin/users/bob/login-link", { reason: "Lost." })).json();
    assert.ok(link.url.startsWith(`${site}/login/link?token=`), link.url);
    const begun = await send("/behest/api/v1/uploads", {
      method: "POST",
      headers: {
        ...app.bearerOf("ann"),
        "tus-resumable": "1.0.0",
        "upload-length": "3",
        "upload-metadata": `filename ${btoa("a.txt")}`,
      },
    });
    assert.match(begun.headers.get("location") ?? "", /^\/behest\/api\/v1\/uploads\/[\w-]+$/);
    const rest = await (await send("/behest/api/openapi.json")).json();
    assert.deepEqual(rest.servers, [{ url: "/behest" }]);
    const socket = await (await send("/behest/api/asyncapi.json")).json();
    assert.equal(socket.servers.here.pathname, "/behest");
    assert.match(
      await (await send("/behest/docs")).text(),
      /127\.0\.0\.1:8000\/behest\/api\/v1\/auth\/login/,
    );
  }, { env: { ...env, BEHEST_REGISTRATION: "invite" } });
});

Deno.test("OP-10 OP-11: a client of the library is given the server's address with its path: login, socket, stream", async () => {
  await withApp(async (_send, app) => {
    await using site = await served(app.services);
    const server = `${site.origin}${basePath}/`;
    const { token } = await logIn(server, { username: "ann", password });
    await app.befriend("ann", "bob");
    for (const over of ["websocket", "stream"]) {
      await using behest = new Behest({
        server,
        token,
        device: over,
        ...(over === "stream"
          ? { socket: (url) => new StreamSocket(url, { token: () => Promise.resolve(token) }) }
          : {}),
      });
      const got = Promise.withResolvers<string>();
      behest.client.on("deliver", ({ command }) => {
        if ("title" in command && command.title === over) got.resolve(over);
      });
      behest.client.connect();
      await behest.client.whenOnline();
      await app.command("bob", "ann", { title: over });
      assert.equal(await got.promise, over);
      assert.deepEqual((await behest.files.list()).files, []);
    }
    await app.services.realtime.shutdown();
  }, { env });
});
