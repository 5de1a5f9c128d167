import type { RemovalCopy, StaffRemoval } from "../lib/protocol/mod.ts";
import { listText, sizeText } from "../lib/text/mod.ts";
import { plural } from "../lib/words/mod.ts";
import { QueuePicture } from "./QueuePicture.tsx";
import { Time } from "./Time.tsx";
import { Filled, useLanguage, useWords } from "./words.tsx";

/** MO-8: by when a request has to be decided. */
export function QueueDue({ dueAt, now }: { dueAt: string; now: number }) {
  const words = useWords("queue");
  const late = Date.parse(dueAt) <= now;
  return (
    <span class="state" data-tone={late ? "bad" : "wait"}>
      <span>
        <Filled text={late ? words.overdue : words.due} time={<Time value={dueAt} />} />
      </span>
    </span>
  );
}

/** MO-8: what somebody without an account asks for, and what of it is here. */
export function QueueRemoval({ removal, caseId }: { removal: StaffRemoval; caseId: string }) {
  const words = useWords("queue");
  return (
    <div class="stack-s">
      <h3>{words.theRequest}</h3>
      <blockquote class="body">{removal.statement}</blockquote>
      <p class="small">
        <strong>{words.contact}:</strong> <bdi>{removal.contact}</bdi>
      </p>
      <h3>{words.copies}</h3>
      <ul class="plain stack-s">
        {removal.copies.map((copy) => <Copy key={copy.sha256} copy={copy} caseId={caseId} />)}
      </ul>
    </div>
  );
}

function Copy({ copy, caseId }: { copy: RemovalCopy; caseId: string }) {
  const { sha256, state, size, type, uploads, users, refused } = copy;
  const words = useWords("queue");
  const file = useWords("file");
  const language = useLanguage();
  const short = <code>{sha256.slice(0, 12)}…</code>;
  return (
    <li>
      {state === null ? short : <a href={`/admin/files/${sha256}`}>{short}</a>}{" "}
      {refused ? <span class="state" data-tone="plain">{words.copyRefused}</span> : null}
      <br />
      <span class="small">
        {state === null || size === null || type === null
          ? words.noCopy
          : plural(language, words.copy, uploads, {
            type,
            size: sizeText(file, language, size),
            names: users.length === 0 ? words.copyGone : listText(language, users.map((name) => `@${name}`)),
          })}
      </span>
      {state === "clean" && type !== null
        ? <QueuePicture caseId={caseId} sha256={sha256} type={type} />
        : null}
    </li>
  );
}
