import assert from "node:assert/strict";
import { CyberTipClient } from "../../lib/adapters/cybertip/client.ts";
import { silentLog } from "../../lib/platform/mod.ts";
import { english, incidentTypes, Refusal } from "../../lib/protocol/mod.ts";
import type { CyberTipline } from "../../lib/scanning/mod.ts";
import { FakeClock } from "../fakes/clock.ts";
import { answer, cybertipService } from "../fakes/cybertip_service.ts";
import { incidentRig, kindOf, must } from "../fakes/incident_rig.ts";
import { until } from "../fakes/until.ts";

const minuteMs = 60_000;

/** A drafted incident with its evidence sealed, and the CyberTipline's fake; `wrap` may come between. */
async function submissionRig(wrap: (client: CyberTipline) => CyberTipline = (client) => client) {
  const service = cybertipService();
  const { url, credentials } = service;
  const client = new CyberTipClient({ url, ...credentials, clock: new FakeClock(), log: silentLog });
  const rig = await incidentRig({ cybertip: wrap(client) });
  const mod = await rig.person("mod", "moderator");
  const ann = await rig.person("ann");
  const match = await rig.matched([ann], 2_500_000);
  await rig.jobs.runDue();
  must(await rig.incidents.draft(mod, match.id, { incidentType: incidentTypes[0] }));
  return {
    rig,
    service,
    mod,
    ann,
    match,
    submit: () => rig.incidents.submit(mod, match.id),
    record: async () => (await rig.incidentStore.incident(match.id))!,
    finished: () => [...service.reports.values()].filter(({ state }) => state === "finished"),
    async [Symbol.asyncDispose]() {
      await rig[Symbol.asyncDispose]();
      await service[Symbol.asyncDispose]();
    },
  };
}

function messageOf(refused: unknown): string {
  assert.ok(refused instanceof Refusal);
  return english(refused.message);
}

Deno.test("SC-6, MO-3: a report is submitted with the evidence, once, and who did it is in the same commit", async () => {
  await using at = await submissionRig();
  const { rig, match, service } = at;
  const incident = must(await at.submit());
  const [filed] = at.finished();
  assert.deepEqual([incident.state, incident.report!.reportId, incident.report!.submittedAt], [
    "reported",
    filed!.id,
    new Date(rig.clock.now()).toISOString(),
  ]);
  assert.deepEqual(filed!.files[0]!.bytes, match.bytes);
  assert.equal(filed!.files[0]!.name, match.sha256);
  assert.match(filed!.files[0]!.details!, new RegExp(`hashType="SHA256">${match.sha256}<`));
  assert.deepEqual(service.calls, ["status", "submit", "upload", "fileinfo", "finish"]);
  const auditEntry = (await rig.auditEntries()).at(-1)!;
  assert.deepEqual([auditEntry.actor, auditEntry.action, auditEntry.detail], ["mod", "incident.submit", {
    reportId: filed!.id,
  }]);
  assert.match(messageOf(await at.submit()), new RegExp(`already submitted as ${filed!.id}`));
  assert.equal(
    kindOf(await rig.incidents.draft(at.mod, match.id, { incidentType: incidentTypes[1] })),
    "conflict",
  );
  assert.equal(service.reports.size, 1);
  assert.equal(rig.clock.pending, 0, "no timer is left");
});

Deno.test("SC-6: of many submissions at once one files the report", async () => {
  await using at = await submissionRig();
  const answers = await Promise.all(Array.from({ length: 5 }, () => at.submit()));
  assert.deepEqual(answers.map(kindOf).toSorted(), [
    "answered",
    ...Array.from({ length: 4 }, () => "conflict"),
  ]);
  assert.equal(at.finished().length, 1);
  assert.equal(at.service.reports.size, 1);
});

Deno.test("SC-6: no submission without a draft, or before the evidence is sealed", async () => {
  await using at = await submissionRig();
  const { rig, mod } = at;
  const other = await rig.matched([at.ann], 100, 9);
  assert.match(messageOf(await rig.incidents.submit(mod, other.id)), /Save a draft first/);
  must(await rig.incidents.draft(mod, other.id, { incidentType: incidentTypes[0] }));
  assert.match(messageOf(await rig.incidents.submit(mod, other.id)), /not encrypted yet/);
  assert.equal(kindOf(await rig.incidents.submit(mod, "01ARZ3NDEKTSV4RRFFQ69G5FAV")), "not_found");
  assert.deepEqual(at.service.calls, []);
});

for (const endpoint of ["upload", "fileinfo", "finish"] as const) {
  Deno.test(`SC-6: a report that is refused at ${endpoint} is taken back, and can be submitted again`, async () => {
    await using at = await submissionRig();
    at.service.instead(endpoint, () => answer(4100, "Validation failed"));
    const refused = await at.submit();
    assert.equal(kindOf(refused), "conflict");
    assert.match(messageOf(refused), /refused the report \(4100: Validation failed\).*draft is kept/);
    assert.deepEqual([...at.service.reports.values()].map(({ state }) => state), ["retracted"]);
    const record = await at.record();
    assert.deepEqual([record.state, record.submission, record.report!.submittedMs], ["open", null, null]);
    const auditEntry = (await at.rig.auditEntries()).at(-1)!;
    assert.deepEqual([auditEntry.actor, auditEntry.action], ["mod", "incident.submit_failed"]);
    must(await at.submit());
    assert.equal(at.finished().length, 1);
  });
}

Deno.test("SC-6: a CyberTipline that does not answer costs nothing but the try", async () => {
  await using at = await submissionRig();
  for (const endpoint of ["status", "submit", "upload", "fileinfo"] as const) {
    at.service.instead(endpoint, () => new Response("down", { status: 503 }));
    const refused = await at.submit();
    assert.equal(kindOf(refused), "unavailable", endpoint);
    assert.match(messageOf(refused), /draft is kept.*HTTP 503/);
    assert.equal((await at.record()).state, "open");
  }
  must(await at.submit());
  assert.equal(at.finished().length, 1);
});

Deno.test("SC-6: a finish whose answer was lost is found out at the next submission, and not filed twice", async () => {
  await using at = await submissionRig();
  at.service.instead("finish", null);
  const refused = await at.submit();
  assert.equal(kindOf(refused), "unavailable");
  assert.match(messageOf(refused), /may not have arrived.*not filed twice/);
  const [filed] = at.finished();
  assert.equal((await at.record()).submission!.reportId, filed!.id);
  const redraft = await at.rig.incidents.draft(at.mod, at.match.id, { incidentType: incidentTypes[1] });
  assert.match(messageOf(redraft), /may not have arrived/);
  const incident = must(await at.submit());
  assert.deepEqual([incident.state, incident.report!.reportId], ["reported", filed!.id]);
  assert.equal(at.service.reports.size, 1);
});

Deno.test("SC-6: what became of a report is found out after the incident was closed too", async () => {
  await using at = await submissionRig();
  at.service.instead("finish", null);
  await at.submit();
  must(await at.rig.incidents.close(at.mod, at.match.id, { reason: "Done.", reinstate: ["ann"] }));
  const incident = must(await at.submit());
  assert.deepEqual([incident.state, incident.report!.reportId], ["closed", at.finished()[0]!.id]);
  assert.equal(at.service.reports.size, 1);
});

Deno.test("SC-6: a finish that never arrived is taken back and made again", async () => {
  await using at = await submissionRig();
  at.service.instead("finish", () => new Response("", { status: 502 }));
  assert.equal(kindOf(await at.submit()), "unavailable");
  must(await at.submit());
  assert.deepEqual([...at.service.reports.values()].map(({ state }) => state), ["retracted", "finished"]);
});

Deno.test("SC-6: as long as nobody knows what became of a report, no other one is filed", async () => {
  await using at = await submissionRig();
  at.service.instead("finish", null);
  await at.submit();
  at.service.instead("retract", () => new Response("", { status: 500 }));
  assert.equal(kindOf(await at.submit()), "unavailable");
  assert.equal(at.service.reports.size, 1);
  must(await at.submit());
  assert.equal(at.finished().length, 1);
  assert.equal(at.service.reports.size, 1);
});

/** Where a process may die while it submits: in the call of an endpoint, before or after the service did its part. */
const deaths = ["submit", "upload", "fileInfo", "finish"] as const;
for (const call of deaths) {
  for (const when of ["before", "after"] as const) {
    Deno.test(`SC-6: a process that dies ${when} ${call} files one report in the end`, async () => {
      let dies = true;
      let reached = () => {};
      const dead = new Promise<never>(() => {});
      const dying = async <T>(name: string, does: () => Promise<T>): Promise<T> => {
        if (!dies || name !== call) return await does();
        dies = false;
        if (when === "after") await does();
        reached();
        return await dead;
      };
      await using at = await submissionRig((client) => ({
        status: () => client.status(),
        submit: (xml) => dying("submit", () => client.submit(xml)),
        upload: (id, file) => dying("upload", () => client.upload(id, file)),
        fileInfo: (xml) => dying("fileInfo", () => client.fileInfo(xml)),
        finish: (id) => dying("finish", () => client.finish(id)),
        retract: (id) => client.retract(id),
      }));
      const died = new Promise<void>((resolve) => reached = resolve);
      void at.submit();
      await died;
      assert.match(messageOf(await at.submit()), /is being submitted/);
      assert.equal(kindOf(await at.rig.incidents.close(at.mod, at.match.id, { reason: "x" })), "conflict");
      // The claim of a process that is really dead is not renewed: its clock stands.
      await at.rig.incidentStore.change(at.match.id, (record) => ({
        to: { ...record, submission: { ...record.submission!, untilMs: at.rig.clock.now() } },
      }));
      const incident = must(await at.submit());
      assert.equal(incident.state, "reported");
      assert.equal(at.finished().length, 1);
      assert.equal(incident.report!.reportId, at.finished()[0]!.id);
    });
  }
}

Deno.test("SC-6: a slow submission keeps its claim, and one that lost it does not finish", async () => {
  let proceed = () => {};
  let waiting = () => {};
  const started = new Promise<void>((resolve) => waiting = resolve);
  const gate = new Promise<void>((resolve) => proceed = resolve);
  await using at = await submissionRig((client) => ({
    status: () => client.status(),
    submit: (xml) => client.submit(xml),
    async upload(id, file) {
      waiting();
      await gate;
      return await client.upload(id, file);
    },
    fileInfo: (xml) => client.fileInfo(xml),
    finish: (id) => client.finish(id),
    retract: (id) => client.retract(id),
  }));
  const submitting = at.submit();
  await started;
  for (let renewals = 0; renewals < 10; renewals++) {
    at.rig.clock.advance(minuteMs / 2);
    const renewed = at.rig.clock.now() + 2 * minuteMs;
    await until(async () => (await at.record()).submission!.untilMs === renewed);
    // The next renewal is set up after the write of this one.
    await until(() => at.rig.clock.pending > 0);
    assert.match(messageOf(await at.submit()), /is being submitted/);
  }
  await at.rig.incidentStore.change(at.match.id, (record) => ({
    to: { ...record, submission: { ...record.submission!, token: "somebody else" } },
  }));
  proceed();
  assert.match(messageOf(await submitting), /elsewhere/);
  assert.deepEqual([...at.service.reports.values()].map(({ state }) => state), ["retracted"]);
  assert.equal((await at.record()).submission!.token, "somebody else");
});

Deno.test("SC-6: evidence that cannot be read is not reported as if it were there", async () => {
  await using at = await submissionRig();
  const path = `${at.rig.root}/evidence/${at.match.id}`;
  const sealed = await Deno.readFile(path);
  sealed[sealed.length - 20]! ^= 1;
  await Deno.writeFile(path, sealed);
  assert.equal(kindOf(await at.submit()), "unavailable");
  assert.deepEqual([...at.service.reports.values()].map(({ state }) => state), ["retracted"]);
});

Deno.test("SC-6: the report on a repeat carries the evidence of the first match", async () => {
  await using at = await submissionRig();
  const { rig, match } = at;
  const bob = await rig.person("bob");
  const from = { address: "198.51.100.4", port: null, device: "web", requestId: "request" };
  const { sha256, bytes } = match;
  const again = {
    sha256,
    sizeBytes: bytes.length,
    type: "image/png",
    name: "x.png",
    ownerId: bob.userId,
    from,
  };
  await rig.incidents.refusedAgain(again);
  const [repeat] = must(await rig.incidents.list(at.mod, {})).incidents;
  must(await rig.incidents.draft(at.mod, repeat!.id, { incidentType: incidentTypes[0] }));
  must(await rig.incidents.submit(at.mod, repeat!.id));
  const [filed] = at.finished();
  assert.deepEqual(filed!.files[0]!.bytes, bytes);
  assert.match(filed!.xml, new RegExp(`<espIdentifier>${bob.userId}<`));
  assert.match(filed!.xml, /The upload was refused, as the file was known from before. Attempts: 1./);
});
