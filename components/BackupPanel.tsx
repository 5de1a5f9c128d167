import type { BackupState } from "../lib/protocol/mod.ts";
import { sizeText } from "../lib/text/mod.ts";
import { plural } from "../lib/words/shape.ts";
import { Notice } from "./Notice.tsx";
import { Cell, Row, Table } from "./Table.tsx";
import { Time } from "./Time.tsx";
import { Filled, useLanguage, useWords } from "./words.tsx";

const unitsMs = [["day", 24 * 3_600_000], ["hour", 3_600_000], ["minute", 60_000]] as const;

/** OP-6: the server's backups of itself, and the button that makes one. */
export function BackupPanel({ backup }: { backup: BackupState }) {
  const words = useWords("system");
  const files = useWords("file");
  const language = useLanguage();
  const { dir, everyMs, keep, encrypted, running, nextAt, failed, backups } = backup;
  if (dir === null) {
    return (
      <section class="panel" aria-labelledby="backups">
        <h2 id="backups">{words.backups}</h2>
        <p>{words.backupOff}</p>
      </section>
    );
  }
  const count = plural(language, words.kept, keep);
  return (
    <section class="panel" aria-labelledby="backups">
      <h2 id="backups">{words.backups}</h2>
      {failed === null ? null : (
        <Notice tone="bad">
          <Filled text={words.lastFailed} time={<Time value={failed.at} />} reason={failed.reason} />
        </Notice>
      )}
      <p>
        <Filled
          text={everyMs === null ? words.backupAsked : words.backupEvery}
          dir={<code>{dir}</code>}
          time={everyMs === null ? "" : intervalWords(language, everyMs)}
          count={count}
        />{" "}
        {encrypted ? words.sealed : words.plain}
      </p>
      {backups.length === 0
        ? (
          <p class="soft">
            <strong>{words.none}.</strong> {everyMs === null ? words.noneAsked : words.noneHint}
          </p>
        )
        : (
          <Table label={words.backups} heads={[words.backup, words.made, words.size]}>
            {backups.map(({ name, at, sizeBytes }) => (
              <Row key={name}>
                <Cell>
                  <code>{name}</code>
                </Cell>
                <Cell>
                  <Time value={at} />
                </Cell>
                <Cell>{sizeText(files, language, sizeBytes)}</Cell>
              </Row>
            ))}
          </Table>
        )}
      {nextAt === null || running ? null : (
        <p class="soft small">
          <Filled text={words.next} time={<Time value={nextAt} />} />
        </p>
      )}
      {running ? <p role="status">{words.running}</p> : (
        <form method="post" action="/admin/system">
          <button type="submit" class="button button-main">{words.make}</button>
        </form>
      )}
      <p class="hint">{words.restoreHint}</p>
    </section>
  );
}

/** `6 hours`, in the largest unit that has no rest. */
function intervalWords(language: string, ms: number): string {
  const [unit, unitMs] = unitsMs.find(([, unitMs]) => ms % unitMs === 0) ?? unitsMs[2];
  return new Intl.NumberFormat(language, { style: "unit", unit, unitDisplay: "long" }).format(ms / unitMs);
}
