import type { ComponentChildren } from "preact";
import { numberText } from "../lib/text/commands.ts";
import { named } from "../lib/text/scanning.ts";
import type { BackupState, Message, ScanStatus, Series } from "../lib/protocol/mod.ts";
import { totalOf } from "../lib/text/series.ts";
import { fill, plural } from "../lib/words/shape.ts";
import { type Language, renderMessage, type Words } from "../lib/words/mod.ts";
import { Icon } from "./Icon.tsx";
import { Time } from "./Time.tsx";
import { Filled, useLanguage, useWords } from "./words.tsx";

/** The checks of `/readyz`. */
interface Checks {
  ready: boolean;
  checks: readonly Check[];
  warnings: readonly Check[];
}

interface Check {
  name: string;
  ok: boolean;
  reason: Message | null;
}

interface HealthProps {
  checks: Checks;
  scans: ScanStatus;
  series: Series | null;
  backup: BackupState | null;
  production: boolean;
  registration: "open" | "invite" | "closed";
  now: string;
}

interface Line {
  name: string;
  tone: "good" | "wait" | "bad";
  state: string;
  /** Why, and what to do. */
  more?: ComponentChildren;
}

/** A full disk is said this long ahead. */
const soonMs = 30 * 24 * 3_600_000;

/** MO-4: what works, what does not, and what to do about it. */
export function OverviewHealth(props: HealthProps) {
  const words = useWords("overview");
  const language = useLanguage();
  const { checks, registration, production } = props;
  const lines = linesOf(words, language, props);
  const wrong = lines.filter(({ tone }) => tone !== "good").length;
  return (
    <section class="panel" aria-labelledby="health">
      <h2 id="health">{words.health}</h2>
      <p>
        <strong>{wrong === 0 ? words.allWell : plural(language, words.needYou, wrong)}</strong>
      </p>
      <ul class="people">
        <li>
          <span>{words.server}</span>
          <span class="state" data-tone={checks.ready ? "good" : "bad"}>
            {checks.ready ? words.ready : words.notReady}
          </span>
        </li>
        {lines.map(({ name, tone, state, more }) => (
          <li key={name}>
            <span class="name">
              <span>
                {tone === "good" ? null : (
                  <>
                    <Icon name="alert" size="s" />
                    {" "}
                  </>
                )}
                {name}
              </span>
              {more === undefined ? null : <span class="soft small">{more}</span>}
            </span>
            <span class="state" data-tone={tone}>{state}</span>
          </li>
        ))}
        <li>
          <span>{words.registration}</span>
          <span>{registrationText(words, registration)}</span>
        </li>
        <li>
          <span>{words.mode}</span>
          <span>{production ? words.modeProduction : words.modeEvaluation}</span>
        </li>
      </ul>
      <p class="hint">
        <Filled text={words.healthHint} path={<a href="/readyz">/readyz</a>} />
      </p>
    </section>
  );
}

function linesOf(
  words: Words["overview"],
  language: Language,
  { checks, scans, series, backup, production, now }: HealthProps,
): Line[] {
  const lines: Line[] = [];
  for (const { name, ok, reason } of checks.checks) {
    // The scanners have lines of their own below.
    if (name === "virus_scanner" || name === "csam_matcher") continue;
    const known = name === "kv"
      ? { name: words.store, todo: words.storeTodo }
      : name === "disk"
      ? { name: words.diskCheck, todo: words.diskTodo }
      : name === "certificate"
      ? { name: words.certificate, todo: words.certificateTodo }
      : { name, todo: words.otherTodo };
    lines.push(
      ok ? { name: known.name, tone: "good", state: words.ok } : {
        name: known.name,
        tone: "bad",
        state: words.failed,
        more: sentences(reasonText(words, language, reason), known.todo),
      },
    );
  }
  for (const { name, ok, reason } of checks.warnings) {
    const known = warnedOf(words, name);
    if (ok || known === null) continue;
    lines.push({
      name: known.name,
      tone: "wait",
      state: words.warning,
      more: sentences(reasonText(words, language, reason), known.todo),
    });
  }
  const scanner = (text: string, todo: string, status: ScanStatus["virus"]): Line => {
    const name = fill(text, { name: named(status) });
    const why = status.ok ? [] : [reasonText(words, language, status.reason)];
    if (!status.real) {
      const more = sentences(...why, words.standIn, production ? todo : "");
      if (!status.ok) return { name, tone: "bad", state: words.failed, more };
      return { name, tone: production ? "bad" : "wait", state: words.testOnly, more };
    }
    if (status.ok) return { name, tone: "good", state: words.ok };
    return { name, tone: "bad", state: words.failed, more: sentences(...why, todo) };
  };
  lines.push(scanner(words.virus, words.virusTodo, scans.virus));
  lines.push(scanner(words.csam, words.csamTodo, scans.csam));
  if (backup?.dir) lines.push(backupLine(words, backup));
  if (series === null) return lines;
  const { diskFullAt } = series;
  if (diskFullAt !== null && Date.parse(diskFullAt) - Date.parse(now) < soonMs) {
    lines.push({
      name: words.diskSoon,
      tone: "wait",
      state: words.soon,
      more: <Filled text={words.diskSoonTodo} time={<Time value={diskFullAt} />} />,
    });
  }
  const errors = totalOf(series, "errors");
  if (errors > 0) {
    lines.push({
      name: words.errorsLogged,
      tone: "wait",
      state: numberText(language, errors),
      more: words.errorsTodo,
    });
  }
  return lines;
}

/** Null: what it warns of has a line of its own. */
function warnedOf(words: Words["overview"], name: string): { name: string; todo: string } | null {
  switch (name) {
    case "backup":
    case "disk_forecast":
      return null;
    case "disk_room":
      return { name: words.diskRoom, todo: words.diskRoomTodo };
    case "certificate_ends":
      return { name: words.certificateEnds, todo: words.certificateTodo };
    case "log":
      return { name: words.log, todo: words.logTodo };
    case "clock":
      return { name: words.clock, todo: words.clockTodo };
    default:
      return { name, todo: words.otherTodo };
  }
}

/** OP-6: whether the server's backups of itself work. */
function backupLine(words: Words["overview"], { failed, backups }: BackupState): Line {
  const name = words.backup;
  if (failed !== null) {
    return { name, tone: "bad", state: words.failed, more: sentences(failed.reason, words.backupTodo) };
  }
  const [newest] = backups;
  if (newest === undefined) return { name, tone: "wait", state: words.soon, more: words.backupNone };
  const more = <Filled text={words.backupLast} time={<Time value={newest.at} />} />;
  return { name, tone: "good", state: words.ok, more };
}

function sentences(...parts: readonly string[]): string {
  return parts.filter((part) => part !== "").map((part) => /[.!?…]$/.test(part) ? part : `${part}.`).join(
    " ",
  );
}

function reasonText(words: Words["overview"], language: Language, reason: Message | null): string {
  return reason === null ? words.noReason : renderMessage(language, reason);
}

function registrationText(words: Words["overview"], registration: HealthProps["registration"]): string {
  switch (registration) {
    case "open":
      return words.registrationOpen;
    case "invite":
      return words.registrationInvite;
    case "closed":
      return words.registrationClosed;
    default:
      return registration satisfies never;
  }
}
