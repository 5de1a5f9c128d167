import assert from "node:assert/strict";
import { siteTest } from "../fakes/browser_site.ts";
import { AppRig } from "../fakes/app_rig.ts";
import { as } from "../fakes/page_forms.ts";

/** Where browsers take text for markup, a script or its address (https://www.w3.org/TR/trusted-types/, injection sinks). */
const sinks =
  /innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|\bFunction\(|srcdoc|DOMParser|createContextualFragment|importScripts|new (?:Shared)?Worker|setHTML|execCommand|serviceWorker\.register/g;

Deno.test("UI-8: a page with scripts lets no text become code; one without has no script at all", async () => {
  await using app = await AppRig.start();
  const { send } = app;
  const cookie = app.cookieOf("ann");
  for (const path of ["/", "/send", "/preferences", "/files", "/login", "/register"]) {
    const policy = (await send(path, as(cookie))).headers.get("content-security-policy") ?? "";
    const directives = policy.split("; ");
    assert.ok(directives.includes("require-trusted-types-for 'script'"), `${path}: ${policy}`);
    assert.ok(directives.includes("trusted-types behest-worker"), `${path}: ${policy}`);
  }
  for (const path of ["/nowhere", "/styles.css"]) {
    const policy = (await send(path)).headers.get("content-security-policy") ?? "";
    assert.match(policy, /require-trusted-types-for 'script'|default-src 'none'/, `${path}: ${policy}`);
  }
});

Deno.test("UI-8: what pages load has no way from text to code but the renderer's own, which nothing here uses", async () => {
  await using app = await AppRig.start();
  const { send } = app;
  const html = await (await send("/", as(app.cookieOf("ann")))).text();
  const waiting = [...html.matchAll(/"(\/_fresh\/js\/[^"]+\.js)"/g)].map(([, url = ""]) => url);
  const seen = new Set<string>();
  const found: Record<string, number> = {};
  let policies = 0;
  for (let url = waiting.pop(); url !== undefined; url = waiting.pop()) {
    if (seen.has(url)) continue;
    seen.add(url);
    const code = await (await send(url)).text();
    // What sets it only when somebody asked for it by `dangerouslySetInnerHTML`.
    const isRenderer = code.includes("__html");
    for (const [sink] of code.matchAll(sinks)) {
      const name = isRenderer ? `${sink} of the renderer` : sink;
      found[name] = (found[name] ?? 0) + 1;
    }
    policies += code.split("createPolicy(").length - 1;
    const folder = url.slice(0, url.lastIndexOf("/"));
    for (const [, name = ""] of code.matchAll(/"\.(\/[\w-]+\.js)"/g)) waiting.push(folder + name);
  }
  assert.ok(seen.size > 8, `${seen.size} scripts`);
  assert.deepEqual(Object.keys(found), ["innerHTML of the renderer"]);
  assert.equal(policies, 1);
  for (const folder of ["islands", "components", "routes"]) {
    for (const file of filesBelow(folder)) {
      assert.doesNotMatch(Deno.readTextFileSync(file), /dangerouslySetInnerHTML|__html/, file);
    }
  }
});

function filesBelow(folder: string): string[] {
  return [...Deno.readDirSync(folder)].flatMap(({ name, isDirectory }) =>
    isDirectory ? filesBelow(`${folder}/${name}`) : [`${folder}/${name}`]
  );
}

siteTest(
  "UI-8: in a browser: the service worker starts, text stays text, and nobody makes another policy",
  async ({ known, base }) => {
    const page = await known("demo-ann");
    await page.goto(base);
    await page.waitForFunction(async () => (await navigator.serviceWorker.getRegistration()) !== undefined);
    const tried = await page.evaluate(async () => {
      const outcome = async (attempt: () => unknown) => {
        try {
          await attempt();
          return "done";
        } catch (error) {
          return error instanceof Error ? error.name : "thrown";
        }
      };
      const { trustedTypes } = globalThis as unknown as {
        trustedTypes: { createPolicy(name: string, rules: object): unknown };
      };
      return {
        markup: await outcome(() => document.body.innerHTML = "<img src=x onerror=alert(1)>"),
        script: await outcome(() => document.createElement("script").text = "alert(1)"),
        address: await outcome(() => document.createElement("script").src = "/x.js"),
        worker: await outcome(() => navigator.serviceWorker.register("/sw.js")),
        policy: await outcome(() => trustedTypes.createPolicy("another", {})),
        again: await outcome(() => trustedTypes.createPolicy("behest-worker", {})),
        text: await outcome(() => document.createElement("p").textContent = "<b>"),
      };
    });
    const { text, ...stopped } = tried;
    assert.equal(text, "done");
    for (const [what, outcome] of Object.entries(stopped)) assert.equal(outcome, "TypeError", what);
  },
);
