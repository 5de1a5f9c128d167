import assert from "node:assert/strict";
import { ConfigProblem, readConfig } from "../../lib/config/mod.ts";
import { allSections, languages, wordsOf } from "../../lib/words/mod.ts";
import { permissionFlags } from "../../tools/permissions.ts";
import { withApp } from "../fakes/app_rig.ts";
import { as, form, type Send } from "../fakes/page_forms.ts";
import { ServerProcess } from "../fakes/server_process.ts";

interface Manifest {
  name: string;
  short_name: string;
  start_url: string;
  scope: string;
  display: string;
  icons: { src: string; sizes: string; type: string; purpose?: string }[];
}

async function manifestOf(send: Send): Promise<Manifest> {
  const html = await (await send("/login")).text();
  const [, href = ""] = /<link rel="manifest" href="([^"]+)"/.exec(html) ?? [];
  const response = await send(href);
  assert.equal(response.status, 200);
  assert.match(response.headers.get("content-type") ?? "", /^application\/manifest\+json/);
  const manifest: Manifest = await response.json();
  // Its addresses are relative to its own.
  const placed = (path: string) => new URL(path, `http://here${href}`).pathname;
  return {
    ...manifest,
    start_url: placed(manifest.start_url),
    scope: placed(manifest.scope),
    icons: manifest.icons.map((icon) => ({ ...icon, src: placed(icon.src) })),
  };
}

Deno.test("UI-7: the manifest has what installing takes, and its icons are what it says", async () => {
  await withApp(async (send) => {
    const manifest = await manifestOf(send);
    const { name, short_name, start_url, scope, display } = manifest;
    assert.deepEqual(
      { name, short_name, start_url, scope, display },
      { name: "Behest", short_name: "Behest", start_url: "/", scope: "/", display: "standalone" },
    );
    const sizes = manifest.icons.filter(({ purpose }) => purpose === undefined).map((icon) => icon.sizes);
    assert.ok(sizes.includes("192x192") && sizes.includes("512x512"));
    assert.ok(manifest.icons.some(({ purpose }) => purpose === "maskable"));
    for (const { src, sizes, type } of manifest.icons) {
      const response = await send(src);
      assert.equal(response.status, 200, src);
      assert.equal(response.headers.get("content-type")?.split(";")[0], type, src);
      const bytes = await response.bytes();
      if (type !== "image/png") continue;
      assert.deepEqual([...bytes.slice(0, 4)], [0x89, 0x50, 0x4e, 0x47], src);
      const header = new DataView(bytes.buffer);
      assert.equal(`${header.getUint32(16)}x${header.getUint32(20)}`, sizes, src);
    }
  });
});

Deno.test("UI-7 UI-8: pages behind a login name the build's service worker; their policy allows our own only", async () => {
  await withApp(async (send, app) => {
    const response = await send("/", as(app.cookieOf("ann")));
    const policy = (response.headers.get("content-security-policy") ?? "").split("; ");
    assert.ok(policy.includes("worker-src 'self'"), policy.join("; "));
    assert.ok(policy.includes("manifest-src 'self'"));
    const html = await response.text();
    const [worker = ""] = /\/sw\.js\?language=en&(?:amp;)?__frsh_c=\w+/.exec(html) ?? [];
    const script = await send(worker.replace("&amp;", "&"));
    assert.equal(script.status, 200);
    assert.match(script.headers.get("content-type") ?? "", /^text\/javascript/);
    const own = script.headers.get("content-security-policy") ?? "";
    assert.match(
      own,
      /default-src 'none'; connect-src 'self'/,
      "it may fetch from here, and do nothing else",
    );
    assert.doesNotMatch(
      (await send("/login")).headers.get("content-security-policy") ?? "",
      /blob:;? ?worker/,
    );
  });
});

Deno.test("UI-3: the offline page is the same for everybody, in each language", async () => {
  await withApp(async (send, app) => {
    const pages = new Set<string>();
    for (const [language] of languages) {
      const path = `/offline?language=${language}`;
      const anonymous = await send(path);
      assert.equal(anonymous.status, 200);
      assert.equal(anonymous.headers.get("cache-control"), "no-store");
      const html = await anonymous.text();
      assert.ok(html.includes(`<html lang="${language}"`));
      assert.ok(html.includes(`data-news="${wordsOf(language).offline.news}"`));
      const known = await (await send(path, as(app.cookieOf("ann")))).text();
      const still = (text: string) => text.replace(/nonce="[^"]*"/g, "");
      assert.equal(still(known), still(html), "who asks changes nothing");
      pages.add(still(html));
    }
    assert.equal(pages.size, languages.length);
    const other = await (await send("/offline?language=xx", { headers: { "accept-language": "de" } })).text();
    assert.ok(other.includes('<html lang="de"'));
  });
});

Deno.test("UI-3: a logout has the browser forget everything", async () => {
  await withApp(async (send, app) => {
    const response = await send("/logout", form({}, app.cookieOf("ann")));
    assert.equal(response.status, 303);
    assert.equal(response.headers.get("clear-site-data"), '"storage"');
    const failed = await send("/", as("behest_session=nonsense"));
    assert.equal(failed.headers.get("clear-site-data"), null, "a session that ran out is no logout");
  });
});

Deno.test("UI-7: notifications are offered where they are switched on, and only there", async () => {
  await withApp(async (send, app) => {
    const cookie = app.cookieOf("ann");
    const { title } = wordsOf("en").push;
    assert.ok(!(await (await send("/notifications", as(cookie))).text()).includes(title));
    Object.assign(app.services.push, { state: () => ({ key: "the-public-key" }) });
    const html = await (await send("/notifications", as(cookie))).text();
    assert.ok(html.includes(title) && html.includes("the-public-key"));
  });
});

Deno.test("UI-7: what a notification says names nobody and nothing", () => {
  assert.ok(allSections.includes("offline"));
  for (const [language] of languages) assert.doesNotMatch(wordsOf(language).offline.news, /[{}&<>"]/);
});

function flagsOf(env: Record<string, string>): string[] {
  const read = readConfig(env);
  if (read instanceof ConfigProblem) assert.fail(read.line);
  return permissionFlags(read.config);
}

Deno.test("OP-8 UI-7: push services may be reached when notifications are on, and not otherwise", () => {
  const net = (env: Record<string, string>) => flagsOf(env).find((flag) => flag.startsWith("--allow-net="))!;
  assert.doesNotMatch(net({}), /push|fcm|notify/);
  assert.doesNotMatch(net({ BEHEST_PUSH: "off" }), /push|fcm|notify/);
  assert.match(
    net({ BEHEST_PUSH: "mailto:admin@example.org" }),
    /fcm\.googleapis\.com:443,updates\.push\.services\.mozilla\.com:443,\*\.push\.apple\.com:443,\*\.notify\.windows\.com:443/,
  );
});

Deno.test("OP-1 OP-8 UI-12: push services that the operator names, and nothing that only looks like one", () => {
  const read = readConfig({
    BEHEST_PUSH: "mailto:admin@example.org",
    BEHEST_PUSH_HOSTS: "ntfy.example.org, push.lan:8443,http://[fd00::1]:8080",
  });
  assert.ok(!(read instanceof ConfigProblem));
  assert.deepEqual(read.config.pushHosts, [
    "https://ntfy.example.org",
    "https://push.lan:8443",
    "http://[fd00::1]:8080",
  ]);
  const net = permissionFlags(read.config).find((flag) => flag.startsWith("--allow-net="))!;
  assert.match(net, /,ntfy\.example\.org:443,push\.lan:8443,\[fd00::1\]:8080$/);
  for (const bad of ["https://x/path", "ftp://x", "a b", "*.example.org", "user@x", "x/?y"]) {
    const wrong = readConfig({ BEHEST_PUSH_HOSTS: bad });
    assert.ok(wrong instanceof ConfigProblem && wrong.line.startsWith("BEHEST_PUSH_HOSTS"), bad);
  }
});

Deno.test("OP-1 OP-8 AU-11: hosts of webhooks, with TLS unless they are this computer", () => {
  const read = readConfig({
    BEHEST_WEBHOOK_HOSTS:
      "ci.example.org, home.lan:8443,http://127.0.0.1:9000,http://[::1]:1,http://localhost",
  });
  assert.ok(!(read instanceof ConfigProblem));
  const net = permissionFlags(read.config).find((flag) => flag.startsWith("--allow-net="))!;
  assert.match(net, /,ci\.example\.org:443,home\.lan:8443,127\.0\.0\.1:9000,\[::1\]:1,localhost:80$/);
  for (
    const bad of [
      "http://ci.example.org",
      "http://10.0.0.1",
      "http://127.0.0.1.example.org",
      "https://x/path",
      "*",
    ]
  ) {
    const wrong = readConfig({ BEHEST_WEBHOOK_HOSTS: bad });
    assert.ok(wrong instanceof ConfigProblem && wrong.line.startsWith("BEHEST_WEBHOOK_HOSTS"), bad);
  }
});

Deno.test("OP-1 UI-7: the contact for push services is an address that they could use", () => {
  for (const good of ["off", "mailto:admin@example.org", "https://behest.example.org/contact"]) {
    const read = readConfig({ BEHEST_PUSH: good });
    assert.ok(!(read instanceof ConfigProblem), good);
    assert.equal(read.config.push, good === "off" ? null : good);
  }
  for (
    const bad of [
      "on",
      "admin@example.org",
      "mailto:",
      "mailto:admin@localhost",
      "mailto:a b@example.org",
      "http://example.org",
      "https://user:secret@example.org",
      "https://localhost",
    ]
  ) {
    const read = readConfig({ BEHEST_PUSH: bad });
    assert.ok(read instanceof ConfigProblem && read.line.startsWith("BEHEST_PUSH"), bad);
  }
});

Deno.test("OP-8 UI-7: with notifications on the server starts under its permissions, with keys of its own", async () => {
  const dataDir = await Deno.makeTempDir();
  try {
    await using server = await ServerProcess.start({
      BEHEST_DATA_DIR: dataDir,
      BEHEST_PUSH: "mailto:admin@example.org",
    });
    const login = await fetch(`${server.origin}/api/v1/auth/login`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ username: "demo-ann", password: await server.demoPassword() }),
    });
    const { token } = await login.json();
    const state = await fetch(`${server.origin}/api/v1/push`, {
      headers: { authorization: `Bearer ${token}` },
    });
    const { key } = await state.json();
    assert.equal(Uint8Array.fromBase64(key, { alphabet: "base64url" }).length, 65);
    assert.equal((await Deno.stat(`${dataDir}/push.key`)).size, 32);
  } finally {
    await Deno.remove(dataDir, { recursive: true });
  }
});
