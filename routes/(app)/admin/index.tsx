import { type Context, page } from "fresh";
import { asset, Head } from "fresh/runtime";
import { PageHead } from "../../../components/PageHead.tsx";
import { AuditList } from "../../../components/AuditList.tsx";
import { OverviewCharts } from "../../../components/OverviewCharts.tsx";
import { OverviewHealth } from "../../../components/OverviewHealth.tsx";
import { OverviewTiles } from "../../../components/OverviewTiles.tsx";
import { Tabs } from "../../../components/Tabs.tsx";
import { adminPlaces } from "../../../lib/web/places.ts";
import { useWords } from "../../../components/words.tsx";
import { definePerson, type PersonState } from "../../../lib/web/define.ts";
import { Refusal, type SeriesRange, seriesRanges } from "../../../lib/protocol/mod.ts";
import type { Words } from "../../../lib/words/mod.ts";

/** How much of the audit log the overview shows. */
const latest = 5;

export const handler = definePerson.handlers({ GET: async (ctx) => page(await overview(ctx)) });

async function overview(ctx: Context<PersonState>) {
  const { stats, health, audit, scanning, backups, config, clock } = ctx.state.services;
  const caller = ctx.state.caller;
  const asked = ctx.url.searchParams.get("range");
  const range = seriesRanges.find((one) => one === asked) ?? "24h";
  const [numbers, checks, log, scans, backup] = await Promise.all([
    stats.now(caller, range),
    health.ready(),
    audit.page(caller, { limit: latest }),
    scanning.status(),
    backups.state(caller),
  ]);
  return {
    range,
    stats: numbers instanceof Refusal ? null : numbers,
    checks,
    entries: log instanceof Refusal ? [] : log.entries,
    scans,
    backup: backup instanceof Refusal ? null : backup,
    registration: config.registration,
    production: config.mode === "production",
    now: new Date(clock.now()).toISOString(),
  };
}

export default definePerson.page<typeof handler>(function Overview({ data }) {
  const words = useWords("admin");
  const overview = useWords("overview");
  const frame = useWords("frame");
  const { stats, range, scans, entries, ...rest } = data;
  const series = stats?.series ?? null;
  const names: Record<SeriesRange, string> = {
    "1h": overview.hour,
    "24h": overview.day,
    "14d": overview.weeks,
  };
  return (
    <>
      <Head>
        <link rel="stylesheet" href={asset("/overview.css")} key="overview" />
      </Head>
      <PageHead title={words.title} />
      <Tabs
        label={overview.range}
        tabs={seriesRanges.map((one) => ({
          name: names[one],
          href: `/admin?range=${one}`,
          here: one === range,
        }))}
      />
      <OverviewTiles stats={stats} scanBacklog={scans.backlog} />
      <OverviewHealth {...rest} scans={scans} series={series} />
      <OverviewCharts series={series} />
      <section class="panel" aria-labelledby="places">
        <h2 id="places">{words.places}</h2>
        <ul class="people">
          {adminPlaces(frame, "admin").filter(({ path }) => path !== "/admin").map((
            { path, name },
          ) => (
            <li key={path}>
              <span class="name">
                <a href={path}>{name}</a>
                <span class="soft small">{aboutText(words, path)}</span>
              </span>
            </li>
          ))}
        </ul>
      </section>
      <section class="panel" aria-labelledby="latest">
        <h2 id="latest">{words.latest}</h2>
        {entries.length === 0 ? <p class="soft">{words.noneLatest}</p> : (
          <>
            <AuditList entries={entries} />
            <p>
              <a href="/admin/audit">{words.wholeLog}</a>
            </p>
          </>
        )}
      </section>
    </>
  );
});

function aboutText(words: Words["admin"], path: string): string | undefined {
  switch (path) {
    case "/admin/queue":
      return words.aboutQueue;
    case "/admin/users":
      return words.aboutUsers;
    case "/admin/files":
      return words.aboutFiles;
    case "/admin/incidents":
      return words.aboutIncidents;
    case "/admin/categories":
      return words.aboutCategories;
    case "/admin/groups":
      return words.aboutGroups;
    case "/admin/broadcast":
      return words.aboutBroadcast;
    case "/admin/audit":
      return words.aboutAudit;
    case "/admin/log":
      return words.aboutLog;
    case "/admin/sanctions":
      return words.aboutSanctions;
    case "/admin/system":
      return words.aboutSystem;
    case "/admin/two-factor":
      return words.aboutTwoFactor;
    default:
      return undefined;
  }
}
