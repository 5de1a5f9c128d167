import type { OwnSanction } from "../lib/protocol/mod.ts";
import { AreaField } from "./Field.tsx";
import { Time } from "./Time.tsx";
import { Filled, useWords } from "./words.tsx";
import { fill } from "../lib/words/shape.ts";

interface BannersProps {
  sanctions: readonly OwnSanction[];
  /** Path of the page, for the way back. */
  path: string;
}

/** MO-7: warnings on every page until they are read; a mute or a limit where a person would send. */
export function SanctionBanners({ sanctions, path }: BannersProps) {
  const words = useWords("sanctions");
  const shown = sanctions.filter(({ kind }) =>
    kind === "warn" || ((kind === "mute" || kind === "limit") && path === "/send")
  );
  return (
    <>
      {shown.map((one) => (
        <aside key={one.id} class="banner banner-warned" aria-labelledby={`sanction-${one.id}`}>
          <div>
            <p id={`sanction-${one.id}`}>
              <strong>
                <SanctionTitle sanction={one} />
              </strong>
            </p>
            <p class="body">{fill(words.reason, { text: one.reason })}</p>
          </div>
          {one.kind === "warn" ? <ReadForm sanction={one} path={path} /> : null}
        </aside>
      ))}
    </>
  );
}

function ReadForm({ sanction, path }: { sanction: OwnSanction; path: string }) {
  const words = useWords("sanctions");
  return (
    <form method="post" action="/sanctions">
      <input type="hidden" name="id" value={sanction.id} />
      <input type="hidden" name="back" value={path} />
      <button type="submit" class="button">{words.read}</button>
    </form>
  );
}

/** An appeal that was refused, as it was typed. */
export interface Appealing {
  id: string;
  text: string;
  error: string | undefined;
}

interface SanctionListProps {
  sanctions: readonly OwnSanction[];
  appealing: Appealing | null;
}

/** All of a person's sanctions in force, with their reasons. */
export function SanctionList({ sanctions, appealing }: SanctionListProps) {
  const words = useWords("sanctions");
  if (sanctions.length === 0) return null;
  return (
    <ul class="people">
      {sanctions.map((one) => (
        <li key={one.id}>
          <span class="name">
            <span>
              <SanctionTitle sanction={one} />
            </span>
            <span class="small">{fill(words.reason, { text: one.reason })}</span>
            <span class="soft small">
              <Time value={one.createdAt} />
            </span>
            <Appeal sanction={one} typed={appealing?.id === one.id ? appealing : null} />
          </span>
        </li>
      ))}
    </ul>
  );
}

/** MO-7: one appeal, and what became of it. */
function Appeal({ sanction: { id, appeal }, typed }: { sanction: OwnSanction; typed: Appealing | null }) {
  const words = useWords("sanctions");
  if (appeal !== undefined) {
    return (
      <span class="small">
        {appeal.state === "open"
          ? words.appealOpen
          : fill(words.appealRefused, { text: appeal.reason ?? "" })}
      </span>
    );
  }
  return (
    <details open={typed !== null}>
      <summary>{words.appealTitle}</summary>
      <form class="form" method="post" action="/account">
        <input type="hidden" name="sanction" value={id} />
        <AreaField
          name="text"
          id={`appeal-${id}`}
          label={words.appealText}
          hint={words.appealHint}
          value={typed?.text ?? ""}
          error={typed?.error}
          rows={4}
        />
        <div>
          <button type="submit" class="button" name="action" value="appeal">{words.appealSend}</button>
        </div>
      </form>
    </details>
  );
}

function SanctionTitle({ sanction: { kind, until } }: { sanction: OwnSanction }) {
  const words = useWords("sanctions");
  if (kind === "warn") return <>{words.warning}</>;
  const [forever, ending] = {
    mute: [words.muted, words.mutedUntil],
    limit: [words.limited, words.limitedUntil],
    suspend: [words.suspended, words.suspendedUntil],
  }[kind] as [string, string];
  return until === null ? <>{forever}</> : <Filled text={ending} time={<Time value={until} />} />;
}
