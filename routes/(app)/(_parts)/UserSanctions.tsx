import { AreaField, Check, Group, TextField } from "../../../components/Field.tsx";
import { Time } from "../../../components/Time.tsx";
import { Ending } from "../../../components/UserMarks.tsx";
import { Filled, useLanguage, useWords } from "../../../components/words.tsx";
import TimeZone from "../../../islands/TimeZone.tsx";
import type { AdminUser, Sanction } from "../../../lib/protocol/mod.ts";
import type { TypedSanction } from "../../../lib/web/forms/users.ts";
import { fill, someWords, type Words } from "../../../lib/words/mod.ts";

/** A form on the page of an account. */
export interface UserFormProps {
  path: string;
  errors: Record<string, string>;
}

const kinds = (words: Words["users"]) =>
  [
    ["warn", words.warn, words.warnHint],
    ["mute", words.mute, words.muteHint],
    ["limit", words.limit, words.limitHint],
    ["suspend", words.suspend, words.suspendHint],
  ] as const;

/** Warns, mutes or suspends. */
export function SanctionForm({ typed, path, errors }: UserFormProps & { typed: TypedSanction }) {
  const words = useWords("users");
  return (
    <section class="panel" aria-labelledby="sanction">
      <h2 id="sanction">{words.sanction}</h2>
      <form class="form" method="post" action={path}>
        <Group name="kind" legend={words.what} error={errors.kind}>
          {kinds(words).map(([value, label, hint]) => (
            <Check
              key={value}
              type="radio"
              name="kind"
              value={value}
              label={label}
              hint={hint}
              checked={typed.kind === value}
              required
            />
          ))}
        </Group>
        <AreaField
          name="reason"
          label={words.why}
          hint={words.whyHint}
          value={typed.reason}
          error={errors.reason}
          rows={3}
        />
        <TextField
          name="until"
          label={words.until}
          hint={words.untilHint}
          type="datetime-local"
          class="input-short"
          value={typed.until}
          error={errors.until}
        />
        <TimeZone zone={typed.zone || "UTC"} words={someWords(useLanguage(), ["inputs"])} />
        <div>
          <button type="submit" class="button" name="action" value="sanction">{words.doIt}</button>
        </div>
      </form>
    </section>
  );
}

/** A lift as it was typed, for a page that refuses it. */
type Lifting = { id: string; reason: string } | null;

interface SanctionsProps extends UserFormProps {
  user: AdminUser & { sanctions: Sanction[]; incident?: string };
  lifting: Lifting;
}

/** What the account had before, each with its end or a form that lifts it. */
export function Sanctions({ user: { sanctions, incident }, path, lifting, errors }: SanctionsProps) {
  const words = useWords("users");
  return (
    <section class="panel" aria-labelledby="sanctions">
      <h2 id="sanctions">{words.before}</h2>
      {incident === undefined ? null : (
        <p>
          {words.byIncident} <a href={`/admin/incidents/${incident}`}>{words.toIncident}</a>
        </p>
      )}
      {sanctions.length === 0 ? <p class="soft">{words.nothing}</p> : (
        <ul class="people">
          {sanctions.map((one) => (
            <li key={one.id}>
              <SanctionText sanction={one} />
              {one.over === true ? null : (
                <LiftForm
                  sanction={one}
                  path={path}
                  typed={lifting?.id === one.id ? lifting.reason : null}
                  errors={lifting?.id === one.id ? errors : {}}
                />
              )}
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

function SanctionText({ sanction }: { sanction: Sanction }) {
  const words = useWords("users");
  const lists = useWords("lists");
  const { kind, until, reason, by, createdAt, lifted, readAt } = sanction;
  return (
    <span class="name">
      <span>{kind === "warn" ? words.warned : <Ending kind={kind} until={until} />}</span>
      <span class="small">{fill(lists.quoted, { text: reason })}</span>
      <span class="soft small">
        <Filled text={words.by} username={by} time={<Time value={createdAt} />} />
      </span>
      {lifted === undefined ? null : (
        <span class="soft small">
          <Filled
            text={words.lifted}
            username={lifted.by}
            time={<Time value={lifted.at} />}
            reason={lifted.reason}
          />
        </span>
      )}
      {readAt === undefined ? null : (
        <span class="soft small">
          <Filled text={words.readAt} time={<Time value={readAt} />} />
        </span>
      )}
    </span>
  );
}

interface LiftProps extends UserFormProps {
  sanction: Sanction;
  /** Null: nothing was typed. */
  typed: string | null;
}

/** Folded until it is needed; each has a label of its own, as several are on the page. */
function LiftForm({ sanction, path, typed, errors }: LiftProps) {
  const words = useWords("users");
  const name = `lift-${sanction.id}`;
  return (
    <details class="button-menu" open={typed !== null}>
      <summary class="button button-quiet">{words.lift}</summary>
      <form class="menu form" method="post" action={path}>
        <input type="hidden" name="sanction" value={sanction.id} />
        <AreaField
          name="reason"
          id={name}
          label={words.whyLifted}
          hint={words.whyLiftedHint}
          value={typed ?? ""}
          error={errors.reason}
          rows={2}
        />
        <div>
          <button type="submit" class="button" name="action" value="lift">{words.lift}</button>
        </div>
      </form>
    </details>
  );
}
