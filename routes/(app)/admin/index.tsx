import { type Context, page } from "fresh";
import { AuditList } from "../../../components/AuditList.tsx";
import { named } from "../../../components/scan_text.ts";
import { adminPlaces } from "../../../components/places.ts";
import { define, type State } from "../../../lib/define.ts";
import { callerOf } from "../../../lib/page_caller.ts";
import { limits, Refusal, type ScanStatus } from "../../../lib/protocol/mod.ts";

/** How much of the audit log the overview shows. */
const latest = 5;

export const handler = define.handlers({ GET: async (ctx) => page(await overview(ctx)) });

async function overview(ctx: Context<State>) {
  const { stats, health, categories, groups, audit, scanning, config } = ctx.state.services;
  const caller = callerOf(ctx.state);
  const [numbers, checks, all, managed, log, scans] = await Promise.all([
    stats.now(caller),
    health.ready(),
    categories.all(caller),
    groups.managed(caller),
    audit.page(caller, { limit: latest }),
    scanning.status(),
  ]);
  return {
    stats: numbers instanceof Refusal ? null : numbers,
    checks,
    categories: all instanceof Refusal ? null : all.filter(({ retired }) => !retired).length,
    groups: managed instanceof Refusal ? null : managed.length,
    entries: log instanceof Refusal ? [] : log.entries,
    scans,
    registration: config.registration,
    mode: config.mode,
  };
}

export default define.page<typeof handler>(function Overview({ data }) {
  const { checks, stats, scans } = data;
  const jobsDue = stats?.jobsDue ?? null;
  // The count of jobs ends at a limit.
  const jobsWords = jobsDue !== null && jobsDue >= limits.jobsCounted ? "jobs due, or more" : "jobs due";
  const counts: readonly (readonly [count: number | null, one: string, many: string, path: string | null])[] =
    [
      [stats?.users ?? null, "account", "accounts", "/admin/users"],
      [stats?.connections ?? null, "open connection", "open connections", null],
      [jobsDue, "job due", jobsWords, null],
      [scans.backlog, "file to check", "files to check", "/admin/files?state=scanning"],
      [data.categories, "category in use", "categories in use", "/admin/categories"],
      [data.groups, "group", "groups", "/admin/groups"],
    ];
  return (
    <>
      <div class="page-head">
        <h1>Administration</h1>
      </div>
      <ul class="counts">
        {counts.map(([count, one, many, path]) => (
          <li key={one} class="panel">
            <strong class="count">{count === null ? "?" : count.toLocaleString("en")}</strong>
            {path === null
              ? <span>{count === 1 ? one : many}</span>
              : <a href={path}>{count === 1 ? one : many}</a>}
          </li>
        ))}
      </ul>
      <section class="panel" aria-labelledby="health">
        <h2 id="health">Health</h2>
        <p class="hint">
          <a href="/readyz">/readyz</a> gives the same to a monitor or a proxy.
        </p>
        <ul class="people">
          <li>
            <span>The server</span>
            <span class="state" data-tone={checks.ready ? "good" : "bad"}>
              {checks.ready ? "Ready" : "Not ready"}
            </span>
          </li>
          {checks.checks.map(({ name, ok, reason }) => (
            <li key={name}>
              <span class="name">
                <span>{name}</span>
                {ok ? null : <span class="soft small">{reason ?? "No reason was given."}</span>}
              </span>
              <span class="state" data-tone={ok ? "good" : "bad"}>{ok ? "OK" : "Failed"}</span>
            </li>
          ))}
          <Scanner what="Virus scanner" scanner={scans.virus} />
          <Scanner what="Abuse material" scanner={scans.csam} />
          <li>
            <span>Registration</span>
            <span>{data.registration}</span>
          </li>
          <li>
            <span>Mode</span>
            <span>{data.mode}</span>
          </li>
        </ul>
      </section>
      <section class="panel" aria-labelledby="places">
        <h2 id="places">What you can do</h2>
        <ul class="people">
          {adminPlaces("admin").filter(([path]) => path !== "/admin").map(([path, name]) => (
            <li key={path}>
              <span class="name">
                <a href={path}>{name}</a>
                <span class="soft small">{about[path]}</span>
              </span>
            </li>
          ))}
        </ul>
      </section>
      <section class="panel" aria-labelledby="latest">
        <h2 id="latest">Latest changes</h2>
        {data.entries.length === 0 ? <p class="soft">Nothing is in the audit log yet.</p> : (
          <>
            <AuditList entries={data.entries} />
            <p>
              <a href="/admin/audit">
                The whole audit log
              </a>
            </p>
          </>
        )}
      </section>
    </>
  );
});

/** SC-7: a scanner with its health; a stand-in of evaluation mode is never said to be more. */
function Scanner({ what, scanner }: { what: string; scanner: ScanStatus["virus"] }) {
  return (
    <li>
      <span class="name">
        <span>{what}: {named(scanner)}</span>
        {scanner.real ? null : <span class="soft small">A built-in stand-in, only to try things.</span>}
        {scanner.ok ? null : <span class="small">{scanner.reason ?? "No reason was given."}</span>}
      </span>
      <span class="state" data-tone={scanner.ok ? (scanner.real ? "good" : "wait") : "bad"}>
        {scanner.ok ? (scanner.real ? "OK" : "Test only") : "Failed"}
      </span>
    </li>
  );
}

const about: Readonly<Record<string, string>> = {
  "/admin/users": "Search, roles, the right to broadcast, warnings, mutes and suspensions.",
  "/admin/files": "What the scanners said, what is held, and what was rejected.",
  "/admin/incidents": "Matches of known abuse material: reports and legal holds.",
  "/admin/categories": "What commands may be about.",
  "/admin/groups": "Make groups and say who owns them.",
  "/admin/broadcast": "Send to everyone, or to everyone who allows a category.",
  "/admin/audit": "Who did what, on whom, when and why.",
};
