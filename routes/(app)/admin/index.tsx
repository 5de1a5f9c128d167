import { type Context, page } from "fresh";
import { PageHead } from "../../../components/PageHead.tsx";
import { AuditList } from "../../../components/AuditList.tsx";
import { named, numberText } from "../../../lib/text/mod.ts";
import { adminPlaces } from "../../../lib/web/places.ts";
import { Filled, useLanguage, useWords } from "../../../components/words.tsx";
import { definePerson, type PersonState } from "../../../lib/web/define.ts";
import { limits, type Message, Refusal, type ScanStatus } from "../../../lib/protocol/mod.ts";
import {
  fill,
  type Forms,
  type Language,
  plural,
  renderMessage,
  type Words,
} from "../../../lib/words/mod.ts";

/** How much of the audit log the overview shows. */
const latest = 5;

export const handler = definePerson.handlers({ GET: async (ctx) => page(await overview(ctx)) });

async function overview(ctx: Context<PersonState>) {
  const { stats, health, categories, groups, audit, scanning, config } = ctx.state.services;
  const caller = ctx.state.caller;
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

type Count = readonly [count: number | null, text: Forms, path: string | null];

export default definePerson.page<typeof handler>(function Overview({ data }) {
  const words = useWords("admin");
  const frame = useWords("frame");
  const language = useLanguage();
  const { checks, stats, scans } = data;
  const jobsDue = stats?.jobsDue ?? null;
  // The count of jobs ends at a limit.
  const jobs = jobsDue !== null && jobsDue >= limits.jobsCounted ? { other: words.jobsOrMore } : words.jobs;
  const counts: readonly Count[] = [
    [stats?.users ?? null, words.accounts, "/admin/users"],
    [stats?.connections ?? null, words.connections, null],
    [jobsDue, jobs, null],
    [scans.backlog, words.filesToCheck, "/admin/files?state=scanning"],
    [data.categories, words.categories, "/admin/categories"],
    [data.groups, words.groups, "/admin/groups"],
  ];
  return (
    <>
      <PageHead title={words.title} />
      <ul class="counts">
        {counts.map(([count, text, path]) => {
          const what = plural(language, text, count ?? 0);
          return (
            <li key={what} class="panel">
              <strong>{count === null ? "?" : numberText(language, count)}</strong>
              {path === null ? <span>{what}</span> : <a href={path}>{what}</a>}
            </li>
          );
        })}
      </ul>
      <section class="panel" aria-labelledby="health">
        <h2 id="health">{words.health}</h2>
        <p class="hint">
          <Filled text={words.healthHint} path={<a href="/readyz">/readyz</a>} />
        </p>
        <ul class="people">
          <li>
            <span>{words.server}</span>
            <span class="state" data-tone={checks.ready ? "good" : "bad"}>
              {checks.ready ? words.ready : words.notReady}
            </span>
          </li>
          {checks.checks.map(({ name, ok, reason }) => (
            <li key={name}>
              <span class="name">
                <span>{name}</span>
                {ok ? null : <span class="soft small">{reasonText(words, language, reason)}</span>}
              </span>
              <span class="state" data-tone={ok ? "good" : "bad"}>{ok ? words.ok : words.failed}</span>
            </li>
          ))}
          <Scanner text={words.virus} scanner={scans.virus} />
          <Scanner text={words.csam} scanner={scans.csam} />
          <li>
            <span>{words.registration}</span>
            <span>{registrationText(words, data.registration)}</span>
          </li>
          <li>
            <span>{words.mode}</span>
            <span>{data.mode === "evaluation" ? words.modeEvaluation : words.modeProduction}</span>
          </li>
        </ul>
      </section>
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
        {data.entries.length === 0 ? <p class="soft">{words.noneLatest}</p> : (
          <>
            <AuditList entries={data.entries} />
            <p>
              <a href="/admin/audit">{words.wholeLog}</a>
            </p>
          </>
        )}
      </section>
    </>
  );
});

/** SC-7: a scanner with its health; a stand-in of evaluation mode is never said to be more. */
function Scanner({ text, scanner }: { text: string; scanner: ScanStatus["virus"] }) {
  const words = useWords("admin");
  const language = useLanguage();
  return (
    <li>
      <span class="name">
        <span>{fill(text, { name: named(scanner) })}</span>
        {scanner.real ? null : <span class="soft small">{words.standIn}</span>}
        {scanner.ok ? null : <span class="small">{reasonText(words, language, scanner.reason)}</span>}
      </span>
      <span class="state" data-tone={scanner.ok ? (scanner.real ? "good" : "wait") : "bad"}>
        {scanner.ok ? (scanner.real ? words.ok : words.testOnly) : words.failed}
      </span>
    </li>
  );
}

function reasonText(words: Words["admin"], language: Language, reason: Message | null): string {
  return reason === null ? words.noReason : renderMessage(language, reason);
}

function registrationText(words: Words["admin"], registration: "open" | "invite" | "closed"): string {
  switch (registration) {
    case "open":
      return words.registrationOpen;
    case "invite":
      return words.registrationInvite;
    case "closed":
      return words.registrationClosed;
    default:
      return registration satisfies never;
  }
}

function aboutText(words: Words["admin"], path: string): string | undefined {
  switch (path) {
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
    case "/admin/two-factor":
      return words.aboutTwoFactor;
    default:
      return undefined;
  }
}
