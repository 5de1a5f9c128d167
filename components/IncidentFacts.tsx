import type { Incident } from "../lib/protocol/mod.ts";
import { sizeText, typeText } from "./file_text.ts";
import { evidenceText, incidentSteps, incidentWords } from "./incident_text.ts";
import { Time } from "./Time.tsx";

/** What is known of a match (SC-6): everything but the picture. */
export function IncidentFacts({ incident }: { incident: Incident }) {
  const { label, tone } = incidentWords(incident.state);
  return (
    <section class="panel" aria-labelledby="known">
      <div class="row">
        <h2 id="known">What is known</h2>
        <span class="state" data-tone={tone}>{label}</span>
      </div>
      <dl class="known">
        <dt>Matched by</dt>
        <dd>{incident.provider}</dd>
        <dt>Classification</dt>
        <dd>
          {incident.classification}
          {incident.matchType === null ? null : <span class="soft">, {incident.matchType} match</span>}
        </dd>
        <dt>Its answer</dt>
        <dd>{incident.answer === "" ? <span class="soft">none</span> : incident.answer}</dd>
        <dt>File</dt>
        <dd>{typeText(incident.type)}, {sizeText(incident.size)}</dd>
        <dt>SHA-256</dt>
        <dd>
          <code>{incident.sha256}</code>
        </dd>
        <dt>Evidence</dt>
        <dd>{evidenceText(incident.evidence)}</dd>
        <dt>Legal hold until</dt>
        <dd>
          <Time value={incident.holdUntil} />
        </dd>
      </dl>
    </section>
  );
}

export function IncidentUploads({ incident }: { incident: Incident }) {
  return (
    <section class="panel" aria-labelledby="uploads">
      <h2 id="uploads">Uploads</h2>
      <ul class="people">
        {incident.uploads.map((upload) => (
          <li key={`${upload.userId} ${upload.at}`}>
            <span class="name">
              <bdi>{upload.name}</bdi>
              <span class="soft small">
                <Time value={upload.at} /> from {upload.address}
                {upload.port === null ? ", port not known" : `, port ${upload.port}`}
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
  return (
    <section class="panel" aria-labelledby="timeline">
      <h2 id="timeline">What happened</h2>
      <ol class="timeline">
        {incidentSteps(incident).map((step) => (
          <li key={step.what}>
            <span class="row">
              <span>{step.what}</span>
              <span class="soft small">
                <Time value={step.at} />
              </span>
            </span>
            {step.words === null ? null : <span class="small">“{step.words}”</span>}
          </li>
        ))}
      </ol>
    </section>
  );
}
