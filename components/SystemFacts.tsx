import type { SystemState } from "../lib/protocol/mod.ts";
import { limits } from "../lib/protocol/mod.ts";
import { numberText } from "../lib/text/mod.ts";
import { fill, plural } from "../lib/words/shape.ts";
import { Cell, Row, Table } from "./Table.tsx";
import { Time } from "./Time.tsx";
import { Filled, useLanguage, useWords } from "./words.tsx";

/** What waits for the server itself, and whether it comes to it in time. */
export function SystemJobs({ jobs: { waiting, late, oldestDueAt } }: Pick<SystemState, "jobs">) {
  const words = useWords("system");
  const language = useLanguage();
  const isMore = waiting >= limits.jobsCounted;
  return (
    <section class="panel" aria-labelledby="jobs">
      <h2 id="jobs">{words.jobs}</h2>
      <p>
        {waiting === 0
          ? words.jobsNone
          : isMore
          ? fill(words.jobsMore, { count: numberText(language, waiting) })
          : plural(language, words.jobsWaiting, waiting)}{" "}
        {late === 0 ? null : <strong class="late">{plural(language, words.jobsLate, late)}</strong>}{" "}
        {oldestDueAt === null ? null : <Filled text={words.oldestDue} time={<Time value={oldestDueAt} />} />}
      </p>
      {late === 0 ? null : <p class="hint">{words.jobsTodo}</p>}
    </section>
  );
}

export function SystemVersions({ versions, store, startedAt }: SystemState) {
  const words = useWords("system");
  const known = [
    [words.started, <Time key="started" value={startedAt} />],
    [words.storeAt, <code key="store">{store.name}</code>],
    [words.layout, String(store.layout)],
    ["Deno", versions.deno],
    ["V8", versions.v8],
    ["TypeScript", versions.typescript],
  ] as const;
  return (
    <section class="panel" aria-labelledby="versions">
      <h2 id="versions">{words.versions}</h2>
      <dl class="known">
        {known.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

/** OP-1: the configuration in force, secrets masked. */
export function SystemConfiguration({ configuration }: Pick<SystemState, "configuration">) {
  const words = useWords("system");
  return (
    <section class="panel" aria-labelledby="configuration">
      <h2 id="configuration">{words.configuration}</h2>
      <p class="hint">{words.configurationHint}</p>
      <Table label={words.configuration} heads={[words.variable, words.value]}>
        {configuration.map(({ name, value, set }) => (
          <Row key={name}>
            <Cell>
              <code>{name}</code>
            </Cell>
            <Cell>
              {value === ""
                ? <span class="soft">{words.notSet}</span>
                : set
                ? <code>{value}</code>
                : (
                  <span class="soft">
                    <Filled text={words.standard} value={<code>{value}</code>} />
                  </span>
                )}
            </Cell>
          </Row>
        ))}
      </Table>
    </section>
  );
}

export function SystemLicences({ licences }: Pick<SystemState, "licences">) {
  const words = useWords("system");
  return (
    <details class="panel">
      <summary>
        {words.licences}
        {licences === null ? null : ` (${licences.length})`}
      </summary>
      {licences === null ? <p class="soft">{words.noLicences}</p> : (
        <>
          <p class="hint">{words.licencesHint}</p>
          <Table label={words.licences} heads={[words.package, words.version, words.licence]}>
            {licences.map(({ name, version, licence }) => (
              <Row key={`${name}@${version}`}>
                <Cell>{name}</Cell>
                <Cell>{version}</Cell>
                <Cell>{licence}</Cell>
              </Row>
            ))}
          </Table>
        </>
      )}
    </details>
  );
}
