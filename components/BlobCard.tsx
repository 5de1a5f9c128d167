import type { AdminFile } from "../lib/protocol/mod.ts";
import { fill, plural } from "../lib/words/shape.ts";
import { ConfirmField } from "./ConfirmField.tsx";
import { AreaField } from "./Field.tsx";
import { factsText, fileWords } from "../lib/text/files.ts";
import { Time } from "./Time.tsx";
import { checkText, verdictWords } from "../lib/text/verdicts.ts";
import { Filled, useLanguage, useWords } from "./words.tsx";

interface BlobCardProps {
  file: AdminFile;
  /** The file's own page stands behind its heading, save on that page itself. */
  linked: boolean;
}

/** Bytes as a moderator sees them: what they are, what the scanners said and whose they are. Never the content. */
export function BlobCard({ file, linked }: BlobCardProps) {
  const { sha256, state, verdicts, uploads } = file;
  const words = useWords("moderation");
  const lists = useWords("lists");
  const language = useLanguage();
  const fileSection = useWords("file");
  const { label, tone } = fileWords(fileSection, state);
  const headingId = `blob-${sha256}`;
  const title = factsText(fileSection, language, file);
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
          <Filled text={words.since} time={<Time value={file.createdAt} />} />
        </li>
        {file.quarantinedUntil === null ? null : (
          <li>
            <Filled text={words.quarantined} time={<Time value={file.quarantinedUntil} />} />
          </li>
        )}
        <li>{file.type}</li>
        <li>
          SHA-256 <code>{sha256}</code>
        </li>
      </ul>
      {verdicts.length === 0
        ? <p class="soft small">{words.noVerdict}</p>
        : (
          <ul class="people" aria-label={words.said}>
            {verdicts.map((one) => (
              <li key={`${one.check} ${one.scanner} ${one.at}`}>
                <span class="name">
                  <span>
                    {checkText(words, one)} <span class="soft">{one.version}</span>
                  </span>
                  {one.answer === ""
                    ? null
                    : <span class="small">{fill(lists.quoted, { text: one.answer })}</span>}
                  <span class="soft small">
                    <Time value={one.at} />
                  </span>
                </span>
                <span class="state" data-tone={verdictWords(words, one).tone}>
                  {verdictWords(words, one).label}
                </span>
              </li>
            ))}
          </ul>
        )}
      {file.attempts === 0 && file.nextAttemptAt === null ? null : (
        <p class="small">
          {file.attempts === 0 ? words.untried : plural(language, words.tried, file.attempts)}{" "}
          {file.nextAttemptAt === null
            ? words.notAgain
            : <Filled text={words.again} time={<Time value={file.nextAttemptAt} />} />}
        </p>
      )}
      <details open={!linked}>
        <summary>{plural(language, words.uploaded, uploads.length)}</summary>
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
  file: AdminFile;
  reason: string;
  errors: Readonly<Record<string, string>>;
}

/** A moderator's word on what is held, or on what is in quarantine: with a reason, and said twice. */
export function DecisionForm({ file: { sha256, state }, reason, errors }: DecisionFormProps) {
  const words = useWords("moderation");
  const held = state === "held";
  return (
    <section class="panel" aria-labelledby="decide">
      <h2 id="decide">{held ? words.decide : words.releaseTitle}</h2>
      {held ? null : <p>{words.releaseLead}</p>}
      <form class="form" method="post" action={`/admin/files/${sha256}`}>
        <AreaField
          name="reason"
          label={words.reason}
          hint={words.reasonHint}
          value={reason}
          error={errors.reason}
          rows={2}
        />
        <ConfirmField
          label={held ? words.confirm : words.confirmRelease}
          hint={held ? words.confirmHint : words.confirmReleaseHint}
          error={errors.confirm}
        />
        <div class="row">
          <button type="submit" class="button" name="decision" value={held ? "release" : "false_alarm"}>
            {words.release}
          </button>
          {held
            ? (
              <button type="submit" class="button button-main" name="decision" value="reject">
                {words.reject}
              </button>
            )
            : null}
        </div>
      </form>
    </section>
  );
}
