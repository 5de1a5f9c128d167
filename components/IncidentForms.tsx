import type { Said } from "../lib/protocol/mod.ts";
import { type Incident, incidentTypes } from "../lib/protocol/files.ts";
import { ConfirmField } from "./ConfirmField.tsx";
import { AreaField, Check, FieldError, Group, SelectField } from "./Field.tsx";
import { uploadersOf } from "../lib/text/incidents.ts";
import { renderMessage } from "../lib/words/mod.ts";
import { useLanguage, useWords } from "./words.tsx";

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
  const words = useWords("incidents");
  return (
    <form class="form" method="post" action={`/admin/incidents/${incident.id}`} aria-label={words.report}>
      <SelectField
        name="incidentType"
        label={words.type}
        hint={words.typeHint}
        value={typed.incidentType}
        error={errors.incidentType}
        options={incidentTypes.map((type) => [type, type])}
      />
      <AreaField
        name="escalate"
        label={words.escalate}
        hint={words.escalateHint}
        value={typed.escalate}
        error={errors.escalate}
        rows={2}
      />
      <AreaField
        name="additionalInfo"
        label={words.additionalInfo}
        value={typed.additionalInfo}
        error={errors.additionalInfo}
        rows={4}
      />
      <div>
        <button type="submit" class="button" name="action" value="draft">{words.saveDraft}</button>
      </div>
    </form>
  );
}

interface SubmitProps extends FormProps {
  problems: readonly Said[];
}

/** What is wrong with the report, or the way to send it. */
export function SubmitForm({ incident, problems, errors }: SubmitProps) {
  const words = useWords("incidents");
  const language = useLanguage();
  return (
    <div class="stack-s">
      {problems.length === 0 ? <p class="notice">{words.complete}</p> : (
        <div class="notice notice-warn">
          <p>{words.incomplete}</p>
          <ul>
            {problems.map((problem) => renderMessage(language, problem)).map((text) => (
              <li key={text}>{text}</li>
            ))}
          </ul>
        </div>
      )}
      <p>
        <a class="button" href={`/admin/incidents/${incident.id}/report.xml`} download>{words.download}</a>
      </p>
      {problems.length > 0 ? null : (
        <form
          class="stack-s"
          method="post"
          action={`/admin/incidents/${incident.id}`}
          aria-label={words.submitForm}
        >
          <ConfirmField label={words.submitNow} hint={words.submitHint} error={errors.confirm} />
          <div>
            <button type="submit" class="button button-main" name="action" value="submit">
              {words.submit}
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
  const words = useWords("incidents");
  return (
    <form
      class="form"
      method="post"
      action={`/admin/incidents/${incident.id}`}
      aria-label={words.closeTitle}
    >
      <AreaField
        name="reason"
        label={words.reason}
        hint={words.reasonHint}
        value={reason}
        error={errors.reason}
        rows={2}
      />
      <Group
        name="reinstate"
        legend={words.reinstate}
        hint={words.reinstateHint}
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
          label={words.sure}
          hint={incident.report?.submittedAt ? words.sureHint : words.sureUnreportedHint}
          required
        />
        <FieldError name="sure" error={errors.sure} />
      </div>
      <div>
        <button type="submit" class="button" name="action" value="close">{words.close}</button>
      </div>
    </form>
  );
}
