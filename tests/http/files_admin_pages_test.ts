import { told } from "../fakes/told.ts";
import assert from "node:assert/strict";
import { type AdminFile, type Incident, type Role, type ScanStatus } from "../../lib/protocol/mod.ts";
import { assertNoMarkup, nasty } from "../fakes/markup.ts";
import { as, form, withPages } from "../fakes/pages.ts";
import { type FakeServices, fakeServices } from "../fakes/services.ts";

const at = "2026-01-02T03:04:05.000Z";
const incidentId = "01JGFJJZ00000000000000000K";
const hashOf = (digit: string) => digit.repeat(64);

function enter(fake: FakeServices, role: Role): string {
  const person = fake.world.people.get("ann");
  assert.ok(person !== undefined);
  person.user.role = role;
  return fake.cookieOf("ann");
}

function blob(over: Partial<AdminFile> = {}): AdminFile {
  return {
    sha256: hashOf("a"),
    size: 2048,
    type: "image/png",
    state: "held",
    createdAt: at,
    verdicts: [
      { check: "virus", verdict: "incomplete", scanner: "clamd", version: "1.4.6", answer: "Encrypted", at },
      { check: "csam", verdict: "error", scanner: "shield", version: "", answer: "timed out", at },
    ],
    uploads: [{ fileId: incidentId, name: "lake.png", owner: "bob", createdAt: at }],
    attempts: 3,
    nextAttemptAt: "2026-01-02T04:00:00.000Z",
    quarantinedUntil: null,
    ...over,
  };
}

function match(over: Partial<Incident> = {}): Incident {
  const upload = { fileId: null, name: "x.png", userId: "1", at, address: "192.0.2.7", port: 50123 };
  return {
    id: incidentId,
    state: "open",
    sha256: hashOf("b"),
    size: 4096,
    type: "image/jpeg",
    createdAt: at,
    provider: "shield",
    classification: "csam",
    matchType: "near",
    answer: "known since 2019",
    uploads: [{ ...upload, username: "bob" }, { ...upload, at: "later", username: "carl", port: null }],
    evidence: "sealed",
    holdUntil: "2027-01-02T03:04:05.000Z",
    report: null,
    closed: null,
    ...over,
  };
}

const report: NonNullable<Incident["report"]> = {
  incidentType: "Child Sex Tourism",
  escalate: null,
  additionalInfo: "Twice.",
  updatedAt: at,
  updatedBy: "ann",
  submittedAt: null,
  reportId: null,
};

const paths = [
  "/admin/files",
  "/admin/files?state=rejected",
  `/admin/files/${hashOf("a")}`,
  "/admin/incidents",
  `/admin/incidents/${incidentId}`,
  `/admin/incidents/${incidentId}/report.xml`,
];

Deno.test("MO-4 SC-6: moderators and administrators see files and incidents; for others there is nothing", async () => {
  await withPages(async (send, fake) => {
    fake.world.adminFiles.push(blob());
    fake.world.incidents.push(match());
    for (const path of paths) {
      for (const role of ["moderator", "admin"] as const) {
        assert.equal((await send(path, as(enter(fake, role)))).status, 200, `${path} ${role}`);
      }
      const calls = fake.world.calls.length;
      assert.equal((await send(path, as(enter(fake, "member")))).status, 404, path);
      assert.deepEqual(fake.world.calls.slice(calls).map(({ method }) => method), ["authenticate"], path);
    }
    for (const path of ["/admin/files/none", `/admin/files/${hashOf("f")}`, "/admin/incidents/none"]) {
      assert.equal((await send(path, as(enter(fake, "moderator")))).status, 404, path);
    }
    const home = await (await send("/admin/users", as(enter(fake, "moderator")))).text();
    assert.ok(home.includes('href="/admin/files"') && home.includes('href="/admin/incidents"'));
  });
});

Deno.test("SC-4: a held file is told with all that was said of it, and never shown", async () => {
  await withPages(async (send, fake) => {
    fake.world.adminFiles.push(
      blob(),
      blob({ sha256: hashOf("c"), state: "rejected", verdicts: [], attempts: 0 }),
    );
    const html = await (await send("/admin/files", as(enter(fake, "moderator")))).text();
    for (
      const words of ["PNG picture, 2 KiB", "clamd", "1.4.6", "“Encrypted”", "Incomplete", "No answer"]
    ) {
      assert.ok(html.includes(words), words);
    }
    assert.match(
      html,
      /Tried 3 times without a result\.[^]*Next try <time datetime="2026-01-02T04/i,
    );
    assert.ok(html.includes("lake.png") && html.includes('href="/admin/users/bob"'));
    assert.ok(!html.includes(hashOf("c")), "what is rejected stands in another part");
    assert.ok(!html.includes("<img") && !html.includes("/api/v1/files/"));
    const rejected = await (await send("/admin/files?state=rejected", as(enter(fake, "moderator")))).text();
    assert.ok(rejected.includes(hashOf("c")) && rejected.includes("No scan results yet."));
    const one = await (await send(`/admin/files/${hashOf("c")}`, as(enter(fake, "moderator")))).text();
    assert.ok(!one.includes('name="decision"'), "only what is held is decided");
  });
});

Deno.test("UI-1: each empty part says what will be there", async () => {
  await withPages(async (send, fake) => {
    const cookie = enter(fake, "admin");
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
      assert.equal(tabs.match(/aria-current/g)?.length, 1, "one tab is the current one");
    }
    for (const path of ["/admin/files?state=clean", "/admin/incidents?state=x"]) {
      assert.match(await (await send(path, as(cookie))).text(), /role="alert"/, path);
    }
  });
});

Deno.test("SC-2: a held file is released or rejected with a reason and a confirmation, or nothing happens", async () => {
  await withPages(async (send, fake) => {
    const cookie = enter(fake, "moderator");
    const path = `/admin/files/${hashOf("a")}`;
    const held = blob();
    fake.world.adminFiles.push(held);
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
    assert.equal(held.state, "held");
    const kept = await (await send(path, form({ ...fields, confirm: "" }, cookie))).text();
    assert.ok(kept.includes("A known archive."), "what was typed stays");
    const done = await send(path, form(fields, cookie));
    assert.equal(done.headers.get("location"), "/admin/files?notice=released");
    assert.deepEqual(fake.world.calls.at(-1), {
      method: "adminFile.decide",
      params: { sha256: hashOf("a"), release: true, reason: "A known archive." },
    });
    const again = await send(path, form({ ...fields, decision: "reject" }, cookie));
    assert.equal(again.status, 409);
    assert.match(await again.text(), /role="alert">This file is not held\./);
    held.state = "held";
    const rejected = await send(path, form({ ...fields, decision: "reject" }, cookie));
    assert.equal(rejected.headers.get("location"), "/admin/files?notice=rejected");
    assert.equal(held.state as string, "rejected");
  });
});

Deno.test("UI-8 SC-6: what people and services write is text on these pages too", async () => {
  await withPages(async (send, fake) => {
    const verdict = { scanner: nasty, version: nasty, answer: nasty, at: nasty };
    fake.world.adminFiles.push(blob({
      type: nasty,
      verdicts: [{ ...verdict, check: "virus", verdict: "infected" }, {
        ...verdict,
        check: "moderator",
        verdict: "clean",
      }],
      uploads: [{ fileId: incidentId, name: nasty, owner: nasty, createdAt: nasty }],
      nextAttemptAt: nasty,
    }));
    fake.world.incidents.push(match({
      type: nasty,
      provider: nasty,
      classification: nasty,
      matchType: nasty,
      answer: nasty,
      uploads: [{
        fileId: null,
        name: nasty,
        userId: nasty,
        username: nasty,
        at: nasty,
        address: nasty,
        port: 1,
      }],
      report: { ...report, additionalInfo: nasty, updatedBy: nasty, escalate: nasty },
    }));
    const cookie = enter(fake, "admin");
    const query = encodeURIComponent(nasty);
    const more = [
      `/admin/files?state=${query}&after=${query}`,
      `/admin/incidents?before=${query}&notice=${query}`,
    ];
    for (
      const path of [...paths.filter((path) => !path.endsWith(".xml")), ...more, `/admin/files/${query}`]
    ) {
      const html = await (await send(path, as(cookie))).text();
      assertNoMarkup(html);
      assert.ok(!html.includes("style="), path);
    }
  });
});

const real = { scanner: "clamd", version: "1.4.6", ok: true, reason: null, real: true };

Deno.test("SC-7: in evaluation mode every page says what looks at the files", async () => {
  await withPages(async (send, fake) => {
    const banner = async (status: ScanStatus) => {
      fake.world.scanStatus = status;
      const html = await (await send("/", as(fake.cookieOf("ann")))).text();
      return /<aside class="banner" aria-label="Evaluation mode">([^]*?)<\/aside>/.exec(html)?.[1] ?? "";
    };
    const plain = await banner(fake.world.scanStatus);
    assert.ok(plain.includes("The built-in virus scanner knows only the EICAR test file"));
    assert.ok(plain.includes("against a hash list only"));
    const clamd = await banner({ ...fake.world.scanStatus, virus: real });
    assert.ok(clamd.includes("clamd (1.4.6) scans for viruses") && !clamd.includes("EICAR"));
    const down = await banner({
      ...fake.world.scanStatus,
      virus: { ...real, ok: false, reason: told(nasty) },
    });
    assert.ok(down.includes("clamd is down, so uploads are held"));
    assertNoMarkup(down);
  });
});

Deno.test("SC-7: in production staff reads why uploads are held, and others read no such thing", async () => {
  await withPages(async (send, fake) => {
    const page = async (role: Role) => await (await send("/", as(enter(fake, role)))).text();
    const missing = {
      scanner: "none",
      version: "",
      ok: false,
      reason: told("Set BEHEST_CSAM."),
      real: false,
    };
    fake.world.scanStatus = {
      virus: { ...real, ok: false, reason: told("connection refused") },
      csam: missing,
      backlog: 4,
    };
    for (const role of ["moderator", "admin"] as const) {
      const html = await page(role);
      assert.ok(html.includes("Uploads are accepted and held."));
      assert.ok(html.includes("Virus scanner clamd is down: connection refused."));
      assert.ok(html.includes("No matching service is configured: Set BEHEST_CSAM."));
    }
    const member = await page("member");
    assert.ok(!member.includes("BEHEST_CSAM") && !member.includes("Uploads are accepted and held"));
    fake.world.scanStatus = { virus: real, csam: { ...real, scanner: "shield" }, backlog: 0 };
    assert.ok(!(await page("admin")).includes('class="banner"'), "nothing to say when all is well");
    fake.world.scanStatus = { virus: real, csam: { ...missing, ok: true }, backlog: 0 };
    assert.ok(
      (await page("admin")).includes("No matching service is configured."),
      "a stand-in is no service",
    );
  }, fakeServices({ mode: "production" }));
});

Deno.test("MO-4: the overview has the backlog and the health of the scanners", async () => {
  await withPages(async (send, fake) => {
    fake.world.scanStatus = {
      virus: { ...real, ok: false, reason: told(nasty) },
      csam: fake.world.scanStatus.csam,
      backlog: 1234,
    };
    const html = await (await send("/admin", as(enter(fake, "admin")))).text();
    assertNoMarkup(html);
    assert.match(html, /1,234<\/strong><a href="\/admin\/files\?state=scanning"[^>]*>files to check/);
    assert.match(html, /Virus scanner: clamd \(1\.4\.6\)[^]*data-tone="bad">Failed/);
    assert.match(html, /Abuse matching: hash-list[^]*Protects nobody[^]*data-tone="wait">Test only/);
  });
});
