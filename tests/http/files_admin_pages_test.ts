import { told } from "../fakes/told.ts";
import assert from "node:assert/strict";
import type { Role, ScanStatus } from "../../lib/protocol/mod.ts";
import { assertNoMarkup, nasty } from "../fakes/markup.ts";
import { png } from "../fakes/account_world.ts";
import { must } from "../fakes/accounts_rig.ts";
import { type AppRig, withApp } from "../fakes/app_rig.ts";
import { as, form } from "../fakes/page_forms.ts";

async function enter(app: AppRig, role: Role): Promise<string> {
  await app.setRole("ann", role);
  return app.cookieOf("ann");
}

/** A held picture of bob's, whose hash it returns. */
async function held(app: AppRig): Promise<string> {
  return (await app.file("bob", { name: "lake.png", content: png(), state: "held" })).sha256;
}

async function stateOf(app: AppRig, sha256: string): Promise<string> {
  return must(await app.services.adminFiles.get(await app.caller("root"), sha256)).state;
}

/** An incident about bytes of carl's, by its id. */
async function incident(app: AppRig): Promise<string> {
  await app.file("carl", { state: "matched" });
  const { incidents } = must(await app.services.incidents.list(await app.caller("root"), {}));
  return incidents[0]!.id;
}

const people = ["ann", "bob", "carl"];

Deno.test("MO-4 SC-6: moderators and administrators see files and incidents; for others there is nothing", async () => {
  await withApp(async (send, app) => {
    const [sha256, id] = [await held(app), await incident(app)];
    const draft = { incidentType: "Child Sex Tourism", escalate: null, additionalInfo: null } as const;
    must(await app.services.incidents.draft(await app.caller("root"), id, draft));
    const paths = [
      "/admin/files",
      "/admin/files?state=rejected",
      `/admin/files/${sha256}`,
      "/admin/incidents",
      `/admin/incidents/${id}`,
      `/admin/incidents/${id}/report.xml`,
    ];
    for (const role of ["moderator", "admin", "member"] as const) {
      const init = as(await enter(app, role));
      for (const path of paths) {
        assert.equal((await send(path, init)).status, role === "member" ? 404 : 200, `${path} ${role}`);
      }
    }
    const moderator = as(await enter(app, "moderator"));
    for (const path of ["/admin/files/none", `/admin/files/${"f".repeat(64)}`, "/admin/incidents/none"]) {
      assert.equal((await send(path, moderator)).status, 404, path);
    }
    const home = await (await send("/admin/users", moderator)).text();
    assert.ok(home.includes('href="/admin/files"') && home.includes('href="/admin/incidents"'));
  }, { people });
});

Deno.test("SC-4: a held file is told with all that was said of it, and never shown", async () => {
  await withApp(async (send, app) => {
    await held(app);
    const { sha256: bad } = await app.file("bob", { state: "rejected" });
    const cookie = await enter(app, "moderator");
    const html = await (await send("/admin/files", as(cookie))).text();
    for (
      const words of [
        `PNG picture, ${png().length} bytes`,
        "fake-virus",
        "“scripted: incomplete”",
        "Incomplete",
      ]
    ) {
      assert.ok(html.includes(words), words);
    }
    assert.ok(html.includes("lake.png") && html.includes('href="/admin/users/bob"'));
    assert.ok(!html.includes(bad), "what is rejected stands in another part");
    assert.ok(!html.includes("<img") && !html.includes("/api/v1/files/"));
    const rejected = await (await send("/admin/files?state=rejected", as(cookie))).text();
    assert.ok(rejected.includes(bad));
    const { sha256: waiting } = await app.file("bob", { state: "scanning" });
    const scanning = await (await send("/admin/files?state=scanning", as(cookie))).text();
    assert.ok(scanning.includes(waiting) && scanning.includes("No scan results yet."));
    const one = await (await send(`/admin/files/${waiting}`, as(cookie))).text();
    assert.ok(!one.includes('name="decision"'), "only what is held is decided");
    app.virus.script = () => "clean";
    app.csam.script = () => "throw";
    await app.file("bob", { state: "held" });
    assert.match(
      await (await send("/admin/files", as(cookie))).text(),
      /No answer[^]*Tried 1 time without a result\.[^]*Next try <time datetime="2026-01-01T00:00/i,
    );
  });
});

Deno.test("UI-1: each empty part says what will be there", async () => {
  await withApp(async (send, app) => {
    const cookie = await enter(app, "admin");
    const parts: [string, string][] = [
      ["/admin/files", "Nothing is held"],
      ["/admin/files?state=scanning", "Nothing is being checked"],
      ["/admin/files?state=rejected", "Nothing was rejected"],
      ["/admin/incidents", "No open incidents"],
      ["/admin/incidents?state=reported", "No reported incidents"],
      ["/admin/incidents?state=closed", "No closed incidents"],
    ];
    for (const [path, words] of parts) {
      const html = await (await send(path, as(cookie))).text();
      assert.ok(html.includes(words), path);
      const tabs = /<nav class="tabs" aria-label="State"[^]*?<\/nav>/.exec(html)?.[0] ?? "";
      assert.equal(tabs.match(/aria-current="page"/g)?.length, 1, "one tab is the current one");
    }
    for (const path of ["/admin/files?state=clean", "/admin/incidents?state=x"]) {
      assert.match(await (await send(path, as(cookie))).text(), /role="alert"/, path);
    }
  });
});

Deno.test("SC-2: a held file is released or rejected with a reason and a confirmation, or nothing happens", async () => {
  await withApp(async (send, app) => {
    const cookie = await enter(app, "moderator");
    const [sha256, other] = [await held(app), (await app.file("bob", { state: "held" })).sha256];
    const path = `/admin/files/${sha256}`;
    const fields = { decision: "release", reason: "A known archive.", confirm: "yes" };
    for (
      const [name, words] of [["reason", "Enter a reason."], [
        "confirm",
        "Confirm that you have read",
      ]] as const
    ) {
      const answer = await send(path, form({ ...fields, [name]: "" }, cookie));
      assert.equal(answer.status, 400, name);
      assert.match(await answer.text(), new RegExp(`id="${name}-error">${words}`));
    }
    for (const decision of ["", "releas", nasty]) {
      assert.equal((await send(path, form({ ...fields, decision }, cookie))).status, 400, decision);
    }
    assert.equal(await stateOf(app, sha256), "held");
    const kept = await (await send(path, form({ ...fields, confirm: "" }, cookie))).text();
    assert.ok(kept.includes("A known archive."), "what was typed stays");
    const done = await send(path, form(fields, cookie));
    assert.equal(done.headers.get("location"), "/admin/files?notice=released");
    const { verdicts } = must(await app.services.adminFiles.get(await app.caller("root"), sha256));
    const decision = verdicts.find(({ check }) => check === "moderator");
    assert.deepEqual([decision?.verdict, decision?.answer], ["clean", "A known archive."]);
    const again = await send(path, form({ ...fields, decision: "reject" }, cookie));
    assert.equal(again.status, 409);
    assert.match(await again.text(), /role="alert">[^<]*held/);
    const rejected = await send(`/admin/files/${other}`, form({ ...fields, decision: "reject" }, cookie));
    assert.equal(rejected.headers.get("location"), "/admin/files?notice=rejected");
    assert.deepEqual([await stateOf(app, sha256), await stateOf(app, other)], ["clean", "rejected"]);
  });
});

Deno.test("UI-8 SC-6: what people and services write is text on these pages too", async () => {
  await withApp(async (send, app) => {
    for (const scanner of [app.virus, app.csam]) {
      const run = scanner.run.bind(scanner);
      scanner.run = async (subject, signal) => {
        const finding = await run(subject, signal);
        return { ...finding, scanner: nasty, version: nasty, answer: nasty } as typeof finding;
      };
    }
    const { sha256 } = await app.file("bob", { name: nasty, state: "held" });
    const { sha256: rejected } = await app.file("bob", { name: nasty, state: "held" });
    const root = await app.caller("root");
    must(await app.services.adminFiles.decide(root, rejected, { release: false, reason: nasty }));
    const id = await incident(app);
    const draft = { incidentType: "Child Sex Tourism", escalate: nasty, additionalInfo: nasty } as const;
    must(await app.services.incidents.draft(root, id, draft));
    const paths = [
      "/admin/files",
      "/admin/files?state=rejected",
      `/admin/files/${sha256}`,
      `/admin/files/${rejected}`,
      "/admin/incidents",
      `/admin/incidents/${id}`,
    ];
    const cookie = await enter(app, "admin");
    const query = encodeURIComponent(nasty);
    const more = [
      `/admin/files?state=${query}&after=${query}`,
      `/admin/incidents?before=${query}&notice=${query}`,
    ];
    for (
      const path of [...paths, ...more, `/admin/files/${query}`]
    ) {
      const html = await (await send(path, as(cookie))).text();
      assertNoMarkup(html);
      assert.ok(!html.includes("style="), path);
    }
  }, { people });
});

const say = (app: AppRig, status: ScanStatus) =>
  void (app.services.scanning.status = () => Promise.resolve(status));
const builtIn = { version: "1", ok: true, reason: null, real: false };
const standIns: ScanStatus = {
  virus: { ...builtIn, scanner: "eicar" },
  csam: { ...builtIn, scanner: "hash-list" },
  backlog: 0,
};
const real = { scanner: "clamd", version: "1.4.6", ok: true, reason: null, real: true };

Deno.test("SC-7: in evaluation mode every page says what looks at the files", async () => {
  await withApp(async (send, app) => {
    const banner = async (status: ScanStatus) => {
      say(app, status);
      const html = await (await send("/", as(app.cookieOf("ann")))).text();
      return /<aside aria-label="Evaluation mode">([^]*?)<\/aside>/.exec(html)?.[1] ?? "";
    };
    const plain = await banner(standIns);
    assert.ok(plain.includes("The built-in virus scanner knows only the EICAR test file"));
    assert.ok(plain.includes("against a hash list only"));
    const clamd = await banner({ ...standIns, virus: real });
    assert.ok(clamd.includes("clamd (1.4.6) scans for viruses") && !clamd.includes("EICAR"));
    const down = await banner({
      ...standIns,
      virus: { ...real, ok: false, reason: told(nasty) },
    });
    assert.ok(down.includes("clamd is down, so uploads are held"));
    assertNoMarkup(down);
  });
});

Deno.test("SC-7: in production staff reads why uploads are held, and others read no such thing", async () => {
  await withApp(async (send, app) => {
    const page = async (role: Role) => await (await send("/", as(await enter(app, role)))).text();
    const missing = {
      scanner: "none",
      version: "",
      ok: false,
      reason: told("Set BEHEST_CSAM."),
      real: false,
    };
    const virus = { ...real, ok: false, reason: told("connection refused") };
    say(app, { virus, csam: missing, backlog: 4 });
    for (const role of ["moderator", "admin"] as const) {
      const html = await page(role);
      assert.ok(html.includes("Uploads are accepted and held."));
      assert.ok(html.includes("Virus scanner clamd is down: connection refused."));
      assert.ok(html.includes("No matching service is configured: Set BEHEST_CSAM."));
    }
    const member = await page("member");
    assert.ok(!member.includes("BEHEST_CSAM") && !member.includes("Uploads are accepted and held"));
    say(app, { virus: real, csam: { ...real, scanner: "shield" }, backlog: 0 });
    assert.ok(!(await page("admin")).includes('class="banner"'), "nothing to say when all is well");
    say(app, { virus: real, csam: { ...missing, ok: true }, backlog: 0 });
    assert.ok(
      (await page("admin")).includes("No matching service is configured."),
      "a stand-in is no service",
    );
  }, { env: { BEHEST_MODE: "production" } });
});

Deno.test("MO-4: the overview has the backlog and the health of the scanners", async () => {
  await withApp(async (send, app) => {
    const virus = { ...real, ok: false, reason: told(nasty) };
    say(app, { virus, csam: standIns.csam, backlog: 1234 });
    const html = await (await send("/admin", as(await enter(app, "admin")))).text();
    assertNoMarkup(html);
    assert.match(html, /1,234<\/strong><a href="\/admin\/files\?state=scanning"[^>]*>files to check/);
    assert.match(html, /Virus scanner: clamd \(1\.4\.6\)[^]*data-tone="bad">Failed/);
    assert.match(html, /Abuse matching: hash-list[^]*Protects nobody[^]*data-tone="wait">Test only/);
  });
});
