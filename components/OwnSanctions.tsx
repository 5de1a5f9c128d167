import type { OwnSanction } from "../lib/protocol/mod.ts";
import { Time } from "./Time.tsx";
import { Filled, useWords } from "./words.tsx";
import { fill } from "../lib/words/shape.ts";

interface BannersProps {
  sanctions: readonly OwnSanction[];
  /** Path of the page, for the way back. */
  path: string;
}

/** MO-7: warnings on every page until they are read; a mute where a person would send. */
export function SanctionBanners({ sanctions, path }: BannersProps) {
  const words = useWords("sanctions");
  const shown = sanctions.filter(({ kind }) => kind === "warn" || (kind === "mute" && path === "/send"));
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

/** All of a person's sanctions in force, with their reasons. */
export function SanctionList({ sanctions }: { sanctions: readonly OwnSanction[] }) {
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
          </span>
        </li>
      ))}
    </ul>
  );
}

function SanctionTitle({ sanction: { kind, until } }: { sanction: OwnSanction }) {
  const words = useWords("sanctions");
  if (kind === "warn") return <>{words.warning}</>;
  const [forever, limited] = kind === "mute"
    ? [words.muted, words.mutedUntil]
    : [words.suspended, words.suspendedUntil];
  return until === null ? <>{forever}</> : <Filled text={limited} time={<Time value={until} />} />;
}
