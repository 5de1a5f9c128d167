import assert from "node:assert/strict";
import { moderatorCalls, openCalls, ownerCalls, restrictedCalls } from "../../lib/web/admission.ts";
import { readFileName } from "../../lib/fresh/file_names.ts";
import { isCall } from "../../lib/web/calls.ts";
import { methods } from "../../lib/web/methods.ts";
import { type AppRig, withApp } from "../fakes/app_rig.ts";
import { type Send } from "../fakes/page_forms.ts";

/** A file under `routes/`, its address, and the methods that its source names. */
interface RouteFile {
  path: string;
  address: string;
  own: ReadonlySet<string>;
}

/** Every route with an address, as the files say it. */
async function allRoutes(): Promise<RouteFile[]> {
  const found: RouteFile[] = [];
  const walk = async (folder: string): Promise<void> => {
    for await (const entry of Deno.readDir(`routes/${folder}`)) {
      const file = folder + entry.name;
      if (entry.name.startsWith("(_")) continue;
      if (entry.isDirectory) await walk(`${file}/`);
      else if (!entry.name.startsWith("_")) found.push(await routeOf(file));
    }
  };
  await walk("");
  return found.sort((a, b) => a.path < b.path ? -1 : 1);
}

async function routeOf(file: string): Promise<RouteFile> {
  const module = await import(`../../routes/${file.split("/").map(encodeURIComponent).join("/")}`);
  const source = await Deno.readTextFile(`routes/${file}`);
  const own = new Set(methods.filter((method) => new RegExp(`^  (async )?${method}\\b`, "m").test(source)));
  // Some pages have their handlers elsewhere.
  if (/handlers\((?:blocked|grant|group|reach)Page\b/.test(source)) own.add("GET").add("POST");
  for (const [, method] of source.matchAll(/handlers\(\{ (GET|POST)\b/g)) own.add(method as "GET" | "POST");
  for (const [, list = ""] of source.matchAll(/api\(\{ ([^}]*) \}\)/g)) {
    for (const method of methods) if (new RegExp(`\\b${method}:`).test(list)) own.add(method);
  }
  if (typeof module.default === "function") own.add("GET");
  if (own.has("GET")) own.add("HEAD");
  const { path } = readFileName(file.replace(/\.\w+$/, ""));
  return { path, address: path.replace(/\{\/:\w+\}\?/, "").replace(/:\w+/g, "x"), own };
}

function asked(send: Send, app: AppRig, method: string, address: string, who: string | null) {
  const headers: Record<string, string> = {};
  if (who !== null) {
    headers.cookie = app.cookieOf(who);
    headers.authorization = `Bearer ${/=(.*)/.exec(headers.cookie)?.[1]}`;
  }
  return send(address, { method, headers });
}

Deno.test("API: no route answers a method that it does not have: 405 with Allow, OPTIONS 204", async () => {
  await withApp(async (send, app) => {
    await app.setRole("bob", "admin");
    let pairs = 0;
    for (const { path, address, own } of await allRoutes()) {
      assert.ok(own.size > 0, `${path} has no method`);
      for (const method of methods.filter((method) => !own.has(method))) {
        const response = await asked(send, app, method, address, "bob");
        const what = `${method} ${path}`;
        pairs++;
        assert.equal(response.status, method === "OPTIONS" ? 204 : 405, what);
        const allow = response.headers.get("allow")?.split(", ") ?? [];
        assert.deepEqual(allow.toSorted(), [...new Set([...own, "OPTIONS"])].toSorted(), what);
        if (method === "OPTIONS") continue;
        const type = response.headers.get("content-type") ?? "";
        if (!isCall(path)) assert.match(type, /^text\/html/, what);
        else {
          assert.equal(type, "application/problem+json", what);
          if (method !== "HEAD") assert.equal((await response.json()).kind, "method_not_allowed", what);
        }
      }
    }
    assert.ok(pairs > 300, `${pairs} pairs`);
  });
});

Deno.test("MO-4: who is not let in gets 401 for every method of a call, and 404 where staff calls are", async () => {
  await withApp(async (send, app) => {
    for (const { path, address } of await allRoutes()) {
      if (!path.startsWith("/api/v1/")) continue;
      const call = path.replace("/api/v1", "");
      const isStaffs = call.startsWith("/admin/");
      if (openCalls.includes(call)) continue;
      for (const method of methods) {
        const nobody = await asked(send, app, method, address, null);
        const isOpen = method === "OPTIONS" && !isStaffs;
        assert.equal(nobody.status, isStaffs ? 404 : isOpen ? 204 : 401, `${method} ${path}`);
        assert.equal(nobody.headers.has("allow"), isOpen, `${method} ${path}`);
        if (!isStaffs || ownerCalls.includes(call)) continue;
        const member = await asked(send, app, method, address, "ann");
        assert.equal(member.status, 404, `${method} ${path}, as a member`);
        assert.equal(member.headers.has("allow"), false);
      }
    }
  });
});

Deno.test("MO-4: whoever is let in somewhere by name is let in to a call that is there", async () => {
  const paths = new Set((await allRoutes()).map(({ path }) => path));
  const named = [...openCalls, ...ownerCalls, ...moderatorCalls, ...Object.keys(restrictedCalls)];
  for (const call of named) {
    assert.ok(paths.has(`/api/v1${call.replace(/^[A-Z]+ /, "")}`), `${call} is no route`);
  }
});
