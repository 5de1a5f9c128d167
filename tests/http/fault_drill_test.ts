import assert from "node:assert/strict";
import { clockHealth } from "../../lib/moderation/mod.ts";
import { type Clock, silentLog } from "../../lib/platform/mod.ts";
import { openLog } from "../../lib/platform/logging.ts";
import { alertRules, firing } from "../fakes/alert_rules.ts";
import { must } from "../fakes/accounts_rig.ts";
import { sendOver } from "../fakes/built_app.ts";
import { writeCertificate } from "../fakes/certificate.ts";
import { FakeClock } from "../fakes/clock.ts";
import { FullDisk } from "../fakes/full_disk.ts";
import { until } from "../fakes/until.ts";
import { openTestServices, testConfig } from "../fakes/open_services.ts";

const root = { username: "root", password: "a sentence that only root knows" };
const origin = { address: "192.0.2.1", device: "web", requestId: "test" };
const base = "http://127.0.0.1:8000";
const mebibyte = 2 ** 20;
const dayMs = 86_400_000;

/** What `/readyz`, the alert rules and the page `/admin` say at a moment. */
interface Told {
  status: number;
  /** By the name of its check. */
  reasons: Map<string, string>;
  alerts: Set<string>;
  page: string;
}

Deno.test("OP-4: each fault has its metric, its alert, its sentence in /readyz and on /admin, and ends with the fault", async (test) => {
  await using disk = await FullDisk.of(64 * mebibyte);
  await using logs = await FullDisk.of(16 * mebibyte);
  const certificate = await Deno.makeTempDir({ prefix: "behest-drill-" });
  const time = new FakeClock(Date.now());
  // Set by an operator: timers run on.
  let setMs = 0;
  const clock: Clock = { now: () => time.now() + setMs, after: (ms, call) => time.after(ms, call) };
  await Deno.mkdir(`${disk.root}/data`);
  const { cert, key } = await writeCertificate(certificate, 30);
  await using log = openLog({
    path: `${logs.root}/behest.log`,
    level: "warn",
    now: clock.now,
    console: null,
  });
  const target = `${disk.root}/backups`;
  const config = testConfig({
    BEHEST_MODE: "production",
    BEHEST_DATA_DIR: `${disk.root}/data`,
    BEHEST_KV: `${disk.root}/data/kv.sqlite3`,
    BEHEST_ADMIN_USERNAME: root.username,
    BEHEST_ADMIN_PASSWORD: root.password,
    // Nobody listens there.
    BEHEST_CLAMD: "127.0.0.1:1",
    BEHEST_TLS_CERT: cert,
    BEHEST_TLS_KEY: key,
    BEHEST_BACKUP_DIR: target,
  });
  await using open = await openTestServices({ config, clock, log: silentLog, logState: log });
  const { services } = open;
  const rules = await alertRules();
  const ask = await sendOver(services);

  async function look(): Promise<Told> {
    // The answers of the checks are kept for a second, those of the scanners for five.
    time.advance(6_000);
    const { token } = must(await services.accounts.login(origin, root));
    const ready = await ask(new Request(`${base}/readyz`));
    const { checks, warnings } = await ready.json();
    const reasons = new Map<string, string>();
    for (const { name, ok, reason } of [...checks, ...warnings]) if (!ok) reasons.set(name, reason);
    const metrics = await (await ask(new Request(`${base}/metrics`))).text();
    for (const { name, ok } of checks) {
      assert.match(metrics, new RegExp(`^behest_check_ok\\{check="${name}"\\} ${ok ? 1 : 0}$`, "m"));
    }
    for (const { name } of warnings) {
      assert.match(metrics, new RegExp(`^behest_check_ok\\{check="${name}"\\} 0$`, "m"));
    }
    const admin = await ask(new Request(`${base}/admin`, { headers: { cookie: `behest_session=${token}` } }));
    const page = (await admin.text()).replaceAll(/<[^>]+>/g, "").replaceAll("&amp;", "&");
    return { status: ready.status, reasons, alerts: firing(rules, metrics), page };
  }

  /** What only this fault says: how it is told while it lasts, and that it is not once it is over. */
  async function fault(
    name: string,
    { check, reason, onPage, ready, begin, end }: {
      check: string;
      reason: RegExp;
      onPage: RegExp;
      /** Whether requests can come all the same. */
      ready: boolean;
      begin(): unknown;
      end: (() => unknown) | null;
    },
  ): Promise<void> {
    await test.step(name, async () => {
      const before = await look();
      assert.equal(before.reasons.get(check), undefined);
      await begin();
      const during = await look();
      assert.match(during.reasons.get(check) ?? "", reason);
      assert.match(during.page, onPage);
      assert.ok(during.alerts.has(ready ? "BehestWarns" : "BehestCheckFails"), [...during.alerts].join());
      // The scanners of this server never answer, so it is never ready.
      assert.equal(during.status, 503);
      if (end === null) return;
      await end();
      const after = await look();
      assert.equal(after.reasons.get(check), undefined);
      assert.doesNotMatch(after.page, onPage);
    });
  }

  try {
    await test.step("the alerts and the dashboard ask only for metrics that there are", async () => {
      const metrics = await (await ask(new Request(`${base}/metrics`))).text();
      const named = new Set(metrics.matchAll(/^# TYPE (\S+)/gm).map(([, name]) => name));
      const board = JSON.parse(await Deno.readTextFile("docs/monitoring/dashboard.json")) as {
        panels: { title: string; targets: { expr: string }[] }[];
      };
      assert.ok(rules.length >= 5 && board.panels.length >= 10);
      const asking = [
        ...rules.map(({ alert, expr }) => ({ who: alert, expr })),
        ...board.panels.flatMap(({ title, targets }) => targets.map(({ expr }) => ({ who: title, expr }))),
      ];
      for (const { who, expr } of asking) {
        const names = [...expr.matchAll(/\b(?:behest|process)_\w+/g)].map(([name]) => name);
        assert.ok(names.length > 0 || expr.startsWith("up{"), `${who} asks for nothing`);
        for (const name of names) {
          assert.ok(
            named.has(name) || named.has(name.replace(/_(?:bucket|sum|count)$/, "")),
            `${who}: ${name}`,
          );
        }
      }
      for (const { alert, labels, annotations } of rules) {
        assert.match(labels.severity, /^(?:page|ticket)$/, alert);
        assert.match(annotations.summary.trim(), /\.$/, alert);
      }
    });
    await test.step("clamd away", async () => {
      const { status, reasons, alerts, page } = await look();
      assert.equal(status, 503);
      assert.match(reasons.get("virus_scanner") ?? "", /./);
      assert.ok(alerts.has("BehestCheckFails"));
      assert.match(page, /Files are held until a virus scanner answers/);
      // So small a disk never has the 256 MiB that a server needs.
      assert.deepEqual([...reasons.keys()].toSorted(), ["csam_matcher", "disk", "virus_scanner"]);
      assert.ok(!alerts.has("BehestWarns"));
    });
    await fault("the disk at 95 %", {
      check: "disk_room",
      reason: /^9[5-9]% of the disk is in use, \d+ MiB are free$/,
      onPage: /Room on the disk\s*9[5-9]% of the disk is in use/,
      ready: true,
      begin: () => disk.fillBut(2 * mebibyte),
      end: () => disk.empty(),
    });
    await fault("the target of backups gone", {
      check: "backup",
      reason: /^the last backup failed; the log and \/admin\/system say why$/,
      onPage: /Check that the server may write to BEHEST_BACKUP_DIR/,
      ready: true,
      async begin() {
        await Deno.remove(target, { recursive: true }).catch(() => undefined);
        await Deno.writeTextFile(target, "no directory");
        await backup();
      },
      async end() {
        await Deno.remove(target);
        await Deno.mkdir(target);
        await backup();
      },
    });
    await fault("the log's directory read-only", {
      check: "log",
      reason: /^the log cannot be written: Read-only file system/,
      onPage: /Check that the server may write to logs in the data directory/,
      ready: true,
      async begin() {
        // As a mount above it: the open file takes lines until it is full, and no new one can be made.
        await mount("--bind", logs.root, logs.root);
        await mount("-o", "remount,bind,ro", logs.root);
        const filler = "x".repeat(100_000);
        for (let line = 0; line < 110; line++) log.warn("test.fill", { filler });
      },
      async end() {
        await new Deno.Command("umount", { args: [logs.root] }).output();
        await until(() => {
          log.warn("test.again");
          return log.broken() === null;
        }, "a line in the log again");
        assert.ok(log.lost() > 0);
      },
    });
    await fault("the clock set back", {
      check: "clock",
      reason: /^the clock was set back by \d+ s at \d{4}-/,
      onPage: /Let a time service set it/,
      ready: true,
      begin: () => void (setMs -= 600_000),
      end: () => void (setMs += 600_000),
    });
    await fault("the certificate near its end", {
      check: "certificate_ends",
      reason: /^the certificate ends at \d{4}-/,
      onPage: /Certificate ends soon/,
      ready: true,
      begin: () => void (setMs += 20 * dayMs),
      end: null,
    });
    await fault("the certificate expired", {
      check: "certificate",
      reason: /^the certificate ended at \d{4}-/,
      onPage: /the certificate ended at .*Renew it, and put the certificate and its key into their files/,
      ready: false,
      begin: () => void (setMs += 11 * dayMs),
      end: null,
    });
  } finally {
    await Deno.remove(certificate, { recursive: true });
  }

  async function backup(): Promise<void> {
    const { token } = must(await services.accounts.login(origin, root));
    must(await services.backups.make(must(await services.accounts.authenticate(token, origin))));
    await open.backups.idle();
  }
});

async function mount(...args: string[]): Promise<void> {
  const { success, stderr } = await new Deno.Command("mount", { args }).output();
  assert.ok(success, new TextDecoder().decode(stderr));
}

Deno.test("OP-4: the warning of a clock that was set back ends when it is where it was, or after an hour", async () => {
  let [now, elapsed] = [1_000_000_000, 0];
  const pass = (ms: number) => {
    now += ms;
    elapsed += ms;
  };
  const { check } = clockHealth({ now: () => now }, () => elapsed);
  pass(30_000);
  now -= 4_000;
  assert.equal(await check(), null, "what a time service does");
  pass(30_000);
  // Less than what has passed: only the clock that goes forward shows it.
  now -= 20_000;
  assert.notEqual(await check(), null);
  pass(10_000);
  assert.notEqual(await check(), null);
  pass(15_000);
  assert.equal(await check(), null, "it is where it was");
  now -= 365 * dayMs;
  assert.notEqual(await check(), null);
  pass(3_599_000);
  assert.notEqual(await check(), null);
  pass(2_000);
  assert.equal(await check(), null);
  // The machine slept: time passed that the other clock did not count.
  now += dayMs;
  assert.equal(await check(), null);
});
