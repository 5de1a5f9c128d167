import type { AdminFile } from "../lib/protocol/mod.ts";
import { AreaField, Check, FieldError } from "./Field.tsx";
import { checkText, fileWords, sizeText, typeText, verdictWords } from "./file_text.ts";
import { plural } from "./page_text.ts";
import { Time } from "./Time.tsx";

interface BlobCardProps {
  file: AdminFile;
  /** The file's own page stands behind its heading, save on that page itself. */
  linked: boolean;
}

/** Bytes as a moderator sees them: what they are, what the scanners said and whose they are. Never the content. */
export function BlobCard({ file, linked }: BlobCardProps) {
  const { sha256, state, verdicts, uploads } = file;
  const { label, tone } = fileWords(state);
  const headingId = `blob-${sha256}`;
  const title = `${typeText(file.type)}, ${sizeText(file.size)}`;
  return (
    <article class="panel" aria-labelledby={headingId}>
      <div class="row">
        <h2 id={headingId} class="small-title">
          {linked ? <a href={`/admin/files/${sha256}`}>{title}</a> : title}
        </h2>
        <span class="state" data-tone={tone}>{label}</span>
      </div>
      <ul class="facts">
        <li>
          Since <Time value={file.createdAt} />
        </li>
        <li>{file.type}</li>
        <li>
          SHA-256 <code>{sha256}</code>
        </li>
      </ul>
      {verdicts.length === 0
        ? <p class="soft small">No scanner has said anything yet.</p>
        : (
          <ul class="people" aria-label="What was said">
            {verdicts.map((one) => (
              <li key={`${one.check} ${one.scanner} ${one.at}`}>
                <span class="name">
                  <span>
                    {checkText(one.check)}: {one.check === "moderator" ? `@${one.scanner}` : one.scanner}{" "}
                    <span class="soft">{one.version}</span>
                  </span>
                  {one.answer === "" ? null : <span class="small">“{one.answer}”</span>}
                  <span class="soft small">
                    <Time value={one.at} />
                  </span>
                </span>
                <span class="state" data-tone={verdictWords(one).tone}>{verdictWords(one).label}</span>
              </li>
            ))}
          </ul>
        )}
      {file.attempts === 0 && file.nextAttemptAt === null ? null : (
        <p class="small">
          {file.attempts === 0
            ? "It was not tried yet."
            : `Tried ${plural(file.attempts, "time", "times")} without an answer that counts.`}{" "}
          {file.nextAttemptAt === null ? "It is not tried again by itself." : (
            <>
              Tried again <Time value={file.nextAttemptAt} />.
            </>
          )}
        </p>
      )}
      <details open={!linked}>
        <summary>Uploaded {plural(uploads.length, "time", "times")}</summary>
        <ul class="people">
          {uploads.map((upload) => (
            <li key={upload.fileId}>
              <span class="name">
                <bdi>{upload.name}</bdi>
                <span class="soft small">
                  <Time value={upload.createdAt} />
                </span>
              </span>
              <a href={`/admin/users/${encodeURIComponent(upload.owner)}`}>@{upload.owner}</a>
            </li>
          ))}
        </ul>
      </details>
    </article>
  );
}

interface DecisionFormProps {
  sha256: string;
  reason: string;
  errors: Readonly<Record<string, string>>;
}

/** A moderator's word on what is held: with a reason, and said twice. */
export function DecisionForm({ sha256, reason, errors }: DecisionFormProps) {
  return (
    <section class="panel" aria-labelledby="decide">
      <h2 id="decide">Decide</h2>
      <form class="form" method="post" action={`/admin/files/${sha256}`}>
        <AreaField
          name="reason"
          label="Reason"
          hint="It stands in the audit log. The people whose file it is do not read it."
          value={reason}
          error={errors.reason}
          rows={2}
        />
        <div class="stack-s">
          <Check
            name="confirm"
            label="I have read what the scanners said"
            hint="Released, it goes to everybody whom it was sent to. Rejected, it goes to nobody, and is refused from now on."
            required
          />
          <FieldError name="confirm" error={errors.confirm} />
        </div>
        <div class="row">
          <button type="submit" class="button" name="decision" value="release">Release it</button>
          <button type="submit" class="button button-main" name="decision" value="reject">Reject it</button>
        </div>
      </form>
    </section>
  );
}
