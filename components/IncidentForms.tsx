import { type Incident, incidentTypes } from "../lib/protocol/files.ts";
import { AreaField, Check, FieldError, Group, SelectField } from "./Field.tsx";
import { uploadersOf } from "./incident_text.ts";

interface FormProps {
  incident: Incident;
  errors: Readonly<Record<string, string>>;
}

export interface TypedReport {
  incidentType: string;
  escalate: string;
  additionalInfo: string;
}

/** The report to the CyberTipline, as far as a person has to say something (SC-6). */
export function ReportForm({ incident, errors, typed }: FormProps & { typed: TypedReport }) {
  return (
    <form class="form" method="post" action={`/admin/incidents/${incident.id}`} aria-label="Report">
      <SelectField
        name="incidentType"
        label="What it is"
        hint="The words are NCMEC's own."
        value={typed.incidentType}
        error={errors.incidentType}
        options={incidentTypes.map((type) => [type, type])}
      />
      <AreaField
        name="escalate"
        label="Why it is urgent"
        hint="Only when somebody is in danger now. Empty: it is not marked as urgent."
        value={typed.escalate}
        error={errors.escalate}
        rows={2}
      />
      <AreaField
        name="additionalInfo"
        label="What else they should know"
        value={typed.additionalInfo}
        error={errors.additionalInfo}
        rows={4}
      />
      <div>
        <button type="submit" class="button" name="action" value="draft">Save the draft</button>
      </div>
    </form>
  );
}

interface SubmitProps extends FormProps {
  problems: readonly string[];
}

/** What is wrong with the report, or the way to send it. */
export function SubmitForm({ incident, problems, errors }: SubmitProps) {
  return (
    <div class="stack-s">
      {problems.length === 0
        ? <p class="notice">The report is complete.</p>
        : (
          <div class="notice notice-warn">
            <p>Before it can be submitted:</p>
            <ul>{problems.map((problem) => <li key={problem}>{problem}</li>)}</ul>
          </div>
        )}
      <p>
        <a class="button" href={`/admin/incidents/${incident.id}/report.xml`} download>Download it as XML</a>
      </p>
      {problems.length > 0
        ? null
        : (
          <form class="stack-s" method="post" action={`/admin/incidents/${incident.id}`} aria-label="Submit">
            <div class="stack-s">
              <Check
                name="confirm"
                label="Submit this report to NCMEC now"
                hint="It cannot be taken back. The file goes with it; nobody here sees it."
                required
              />
              <FieldError name="confirm" error={errors.confirm} />
            </div>
            <div>
              <button type="submit" class="button button-main" name="action" value="submit">
                Submit the report
              </button>
            </div>
          </form>
        )}
    </div>
  );
}

interface CloseProps extends FormProps {
  reason: string;
  reinstate: readonly string[];
}

/** The end of an incident, with a reason, and the accounts that may come back. */
export function CloseForm({ incident, errors, reason, reinstate }: CloseProps) {
  return (
    <form
      class="form"
      method="post"
      action={`/admin/incidents/${incident.id}`}
      aria-label="Close the incident"
    >
      <AreaField
        name="reason"
        label="Reason"
        hint="It stands in the audit log."
        value={reason}
        error={errors.reason}
        rows={2}
      />
      <Group
        name="reinstate"
        legend="Accounts that may come back"
        hint="They are suspended pending review. Those not ticked stay suspended."
        error={errors.reinstate}
      >
        {uploadersOf(incident).map((username) => (
          <Check
            key={username}
            name="reinstate"
            value={username}
            label={`@${username}`}
            checked={reinstate.includes(username)}
          />
        ))}
      </Group>
      <div class="stack-s">
        <Check
          name="sure"
          label="I am done with this incident"
          hint={incident.report?.submittedAt
            ? "The legal hold stays until its end."
            : "Nothing was reported. The legal hold stays until its end."}
          required
        />
        <FieldError name="sure" error={errors.sure} />
      </div>
      <div>
        <button type="submit" class="button" name="action" value="close">Close it</button>
      </div>
    </form>
  );
}
