import type { QueueDetail, SanctionReason } from "../lib/protocol/mod.ts";
import { decisionText, queueAbout, queueTitle, type TypedDecision } from "../lib/text/mod.ts";
import { fill, plural } from "../lib/words/mod.ts";
import { AreaField } from "./Field.tsx";
import { QueueDecide } from "./QueueDecide.tsx";
import { QueueDue, QueueRemoval } from "./QueueRemoval.tsx";
import { ReportSnapshotView } from "./ReportSnapshot.tsx";
import { Time } from "./Time.tsx";
import { Filled, useLanguage, useWords } from "./words.tsx";

interface QueueDetailProps {
  detail: QueueDetail;
  /** Address of its forms. */
  action: string;
  reasons: readonly SanctionReason[];
  typed: TypedDecision;
  errors: Record<string, string>;
  /** In ms since 1970. */
  now: number;
}

/** One item of the queue: what was reported or appealed, notes, and the decision. */
export function QueueDetailView({ detail, action, reasons, typed, errors, now }: QueueDetailProps) {
  const { item, reports, appeal, removal, notes, proposal } = detail;
  const words = useWords("queue");
  const own = useWords("reports");
  const language = useLanguage();
  const harm = [words.harm1, words.harm2, words.harm3][item.harm - 1]!;
  const more = item.count - reports.length;
  return (
    <section class="queue-main" aria-labelledby="case-title">
      <div class="row queue-head">
        <span class="state" data-tone={item.harm === 3 ? "bad" : item.harm === 2 ? "wait" : "plain"}>
          {harm}
        </span>
        <span class="soft small">
          {[queueAbout(words, item)].filter((about) => about !== "").map((about) => `${about} · `)}
          <Time value={item.createdAt} />
        </span>
        {item.dueAt === null || item.decided !== null ? null : <QueueDue dueAt={item.dueAt} now={now} />}
        {item.decided !== null || item.notYours === true ? null : <ClaimForm item={item} action={action} />}
      </div>
      <h2 id="case-title">{queueTitle(words, own, item)}</h2>
      {item.notYours === true && item.decided === null
        ? <p class="notice notice-warn">{words.notYoursHint}</p>
        : null}
      {item.kind === "file"
        ? (
          <p>
            <a href={`/admin/files/${item.id}`}>{words.toFile}</a>
          </p>
        )
        : null}
      {item.kind === "incident"
        ? (
          <p>
            <a class="button" href={`/admin/incidents/${item.id}`}>{words.toIncident}</a>
          </p>
        )
        : null}
      {reports.length === 0 ? null : (
        <div class="stack-s">
          <h3>{words.theReports}</h3>
          {reports.map((report) => <ReportSnapshotView key={report.id} report={report} />)}
          {more > 0 && item.kind === "report"
            ? <p class="soft small">{plural(language, words.moreReports, more, { count: more })}</p>
            : null}
        </div>
      )}
      {removal === null ? null : <QueueRemoval removal={removal} caseId={item.id} />}
      {appeal === null ? null : (
        <div class="stack-s">
          <h3>{words.theAppeal}</h3>
          <blockquote class="body">{appeal.text}</blockquote>
          <h3>{words.theSanction}</h3>
          <p>
            <strong>{words[appeal.sanction.kind]}</strong>: “{appeal.sanction.reason}”{" "}
            <span class="soft small">
              <Filled
                text={words.imposed}
                name={appeal.sanction.by}
                time={<Time value={appeal.sanction.createdAt} />}
              />
            </span>
          </p>
        </div>
      )}
      {proposal === null ? null : (
        <p class="notice notice-warn">
          <Filled
            text={words.proposal}
            name={proposal.by}
            what={decisionText(words, language, proposal)}
            time={<Time value={proposal.at} />}
            reason={proposal.reason}
          />
        </p>
      )}
      {item.kind === "report" || item.kind === "appeal" || item.kind === "removal"
        ? <Notes notes={notes} action={action} error={errors.note} />
        : null}
      {item.decided === null
        ? item.kind === "incident" || item.notYours === true ? null : (
          <QueueDecide
            item={item}
            rule={detail.rule}
            action={action}
            reasons={reasons}
            typed={typed}
            errors={errors}
          />
        )
        : <Decided item={item} action={action} error={errors.text} />}
    </section>
  );
}

function ClaimForm({ item, action }: { item: QueueDetail["item"]; action: string }) {
  const words = useWords("queue");
  if (item.claim !== null && !item.claim.yours) {
    return <span class="state">{fill(words.claimedBy, { name: item.claim.by })}</span>;
  }
  const mine = item.claim !== null;
  return (
    <form method="post" action={action} data-key="c">
      <button type="submit" class="button" name="action" value={mine ? "release" : "claim"}>
        {mine ? words.release : words.claim} <kbd>c</kbd>
      </button>
    </form>
  );
}

function Notes(
  { notes, action, error }: { notes: QueueDetail["notes"]; action: string; error: string | undefined },
) {
  const words = useWords("queue");
  return (
    <details class="stack-s" open={notes.length > 0}>
      <summary>{words.notes}</summary>
      {notes.map(({ at, by, text }) => (
        <p key={at} class="small">
          <strong>@{by}</strong>{" "}
          <span class="soft">
            <Time value={at} />
          </span>
          <br />
          {text}
        </p>
      ))}
      <form class="form" method="post" action={action}>
        <AreaField
          name="text"
          id="note"
          label={words.note}
          hint={words.noteHint}
          value=""
          error={error}
          rows={2}
        />
        <div>
          <button type="submit" class="button button-quiet" name="action" value="note">
            {words.addNote}
          </button>
        </div>
      </form>
    </details>
  );
}

interface DecidedProps {
  item: QueueDetail["item"];
  action: string;
  error: string | undefined;
}

/** What was decided, and how to take it back. */
function Decided({ item: { decided }, action, error }: DecidedProps) {
  const words = useWords("queue");
  const language = useLanguage();
  if (decided === null) return null;
  return (
    <div class="queue-decide">
      <p>
        <Filled
          text={words.wasDecided}
          name={decided.by}
          time={<Time value={decided.at} />}
          what={decisionText(words, language, decided)}
          reason={decided.reason}
        />
      </p>
      {decided.outcome === "granted" || decided.outcome === "removed"
        ? null
        : (
          <form class="form" method="post" action={action} data-key="u">
            <AreaField
              name="reason"
              id="undo-reason"
              label={words.whyUndo}
              hint={words.whyHint}
              value=""
              error={error}
              rows={2}
            />
            <div>
              <button type="submit" class="button" name="action" value="undo">
                {words.undo} <kbd>u</kbd>
              </button>
            </div>
          </form>
        )}
    </div>
  );
}
