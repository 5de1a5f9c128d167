import type { ReportSnapshot, StaffReport } from "../lib/protocol/mod.ts";
import { listText, sizeText } from "../lib/text/mod.ts";
import { fill } from "../lib/words/mod.ts";
import { QueuePicture } from "./QueuePicture.tsx";
import { Time } from "./Time.tsx";
import { Filled, useLanguage, useWords } from "./words.tsx";

/** One report: who says what, and what was reported as it was then, with what was around it. */
export function ReportSnapshotView({ report }: { report: StaffReport }) {
  const words = useWords("queue");
  const { caseId, snapshot, note, reporter, createdAt, reviewed } = report;
  return (
    <article class="snapshot">
      {reviewed === null ? null : (
        <p class="notice">
          <Filled
            text={words.reviewed}
            name={reviewed.by}
            time={<Time value={reviewed.at} />}
            reason={reviewed.reason}
          />
        </p>
      )}
      <p class="small soft">
        {reporter === null
          ? <Filled text={words.reporterGone} time={<Time value={createdAt} />} />
          : <Filled text={words.reporter} name={reporter} time={<Time value={createdAt} />} />}
      </p>
      {note === null
        ? <p class="soft small">{words.noNote}</p>
        : <blockquote class="body">{note}</blockquote>}
      <div class="reported">
        <p>
          <strong>{snapshot.title}</strong> {snapshot.at === null ? null : (
            <span class="soft small">
              <Time value={snapshot.at} />
            </span>
          )}
        </p>
        {snapshot.text === "" ? null : <p class="body">{snapshot.text}</p>}
        {snapshot.data === null ? null : <pre class="small">{JSON.stringify(snapshot.data, null, 2)}</pre>}
        <SnapshotFacts snapshot={snapshot} caseId={caseId} />
      </div>
      {snapshot.context.length === 0 ? null : <Around context={snapshot.context} />}
    </article>
  );
}

function SnapshotFacts(
  { snapshot: { categories, files }, caseId }: { snapshot: ReportSnapshot; caseId: string },
) {
  const words = useWords("queue");
  const file = useWords("file");
  const language = useLanguage();
  return (
    <>
      {categories.length === 0
        ? null
        : <p class="soft small">{fill(words.categories, { names: listText(language, categories) })}</p>}
      {files.length === 0 ? null : (
        <ul class="small" aria-label={words.filesOf}>
          {files.map(({ fileId, sha256, name, size, type }) => (
            <li key={fileId}>
              <a href={`/admin/files/${sha256}`}>{name}</a>{" "}
              <span class="soft">{type}, {sizeText(file, language, size)}</span>
              <QueuePicture caseId={caseId} sha256={sha256} type={type} />
            </li>
          ))}
        </ul>
      )}
    </>
  );
}

function Around({ context }: { context: ReportSnapshot["context"] }) {
  const words = useWords("queue");
  const names = { reported: words.fromReported, reporter: words.fromReporter, server: words.fromServer };
  return (
    <details open>
      <summary>{words.around}</summary>
      <ul class="around">
        {context.map(({ at, by, text }) => (
          <li key={`${at} ${text}`}>
            <span class="soft small">
              {at === null ? null : <Time value={at} />} {names[by]}
            </span>
            <span>{text}</span>
          </li>
        ))}
      </ul>
    </details>
  );
}
