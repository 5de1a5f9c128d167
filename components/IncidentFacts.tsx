import type { Incident } from "../lib/protocol/mod.ts";
import { fill } from "../lib/words/shape.ts";
import { factsText } from "../lib/text/files.ts";
import { evidenceText, incidentSteps, incidentWords } from "../lib/text/incidents.ts";
import { Time } from "./Time.tsx";
import { Filled, useLanguage, useWords } from "./words.tsx";

/** What is known of a match (SC-6): everything but the picture. */
export function IncidentFacts({ incident }: { incident: Incident }) {
  const words = useWords("incidents");
  const { label, tone } = incidentWords(words, incident.state);
  return (
    <section class="panel" aria-labelledby="known">
      <div class="row">
        <h2 id="known">{words.known}</h2>
        <span class="state" data-tone={tone}>{label}</span>
      </div>
      <dl class="known">
        <dt>{words.matchedBy}</dt>
        <dd>{incident.provider}</dd>
        <dt>{words.classification}</dt>
        <dd>
          {incident.matchType === null ? incident.classification : fill(words.matchType, {
            classification: incident.classification,
            kind: incident.matchType,
          })}
        </dd>
        <dt>{words.answer}</dt>
        <dd>{incident.answer === "" ? <span class="soft">{words.noAnswer}</span> : incident.answer}</dd>
        <dt>{words.file}</dt>
        <dd>{factsText(useWords("file"), useLanguage(), incident)}</dd>
        <dt>SHA-256</dt>
        <dd>
          <code>{incident.sha256}</code>
        </dd>
        <dt>{words.evidence}</dt>
        <dd>{evidenceText(words, incident.evidence)}</dd>
        <dt>{words.holdUntil}</dt>
        <dd>
          <Time value={incident.holdUntil} />
        </dd>
      </dl>
    </section>
  );
}

export function IncidentUploads({ incident }: { incident: Incident }) {
  const words = useWords("incidents");
  return (
    <section class="panel" aria-labelledby="uploads">
      <h2 id="uploads">{words.uploads}</h2>
      <ul class="people">
        {incident.uploads.map((upload) => (
          <li key={`${upload.userId} ${upload.at}`}>
            <span class="name">
              <bdi>{upload.name}</bdi>
              <span class="soft small">
                <Filled
                  text={upload.port === null ? words.uploadFromNoPort : words.uploadFrom}
                  time={<Time value={upload.at} />}
                  address={upload.address}
                  port={upload.port}
                />
              </span>
            </span>
            <a href={`/admin/users/${encodeURIComponent(upload.username)}`}>@{upload.username}</a>
          </li>
        ))}
      </ul>
    </section>
  );
}

export function IncidentTimeline({ incident }: { incident: Incident }) {
  const words = useWords("incidents");
  const lists = useWords("lists");
  return (
    <section class="panel" aria-labelledby="timeline">
      <h2 id="timeline">{words.timeline}</h2>
      <ol class="timeline">
        {incidentSteps(words, incident).map((step) => (
          <li key={step.what}>
            <span class="row">
              <span>{step.what}</span>
              <span class="soft small">
                <Time value={step.at} />
              </span>
            </span>
            {step.words === null
              ? null
              : <span class="small">{fill(lists.quoted, { text: step.words })}</span>}
          </li>
        ))}
      </ol>
    </section>
  );
}
