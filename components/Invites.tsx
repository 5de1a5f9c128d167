import { type Invite, type InviteMade, limits } from "../lib/protocol/mod.ts";
import { utcText } from "../lib/words/times.ts";
import { fill, plural } from "../lib/words/mod.ts";
import { Check, TextField } from "./Field.tsx";
import { Empty } from "./Notice.tsx";
import { QrCode } from "./QrCode.tsx";
import { RowAction } from "./RowAction.tsx";
import { Time } from "./Time.tsx";
import { Filled, useLanguage, useWords } from "./words.tsx";

/** A new invitation. It is shown this once. */
export function NewInvite({ made }: { made: InviteMade }) {
  const words = useWords("invites");
  return (
    <section class="panel" aria-labelledby="made">
      <h2 id="made">{words.madeTitle}</h2>
      <p role="status">{words.madeLead}</p>
      <div class="field">
        <label for="link">{words.link}</label>
        <input class="input" id="link" value={made.url} readOnly autocomplete="off" spellcheck={false} />
      </div>
      <QrCode text={made.url} label={words.code} />
      <p class="soft small">
        <Filled
          text={plural(useLanguage(), words.madeFacts, made.uses)}
          time={<Time value={made.expiresAt} />}
        />
      </p>
    </section>
  );
}

interface InviteFormProps {
  typed: { uses: string; days: string };
  isAdmin: boolean;
  errors: Record<string, string>;
}

export function InviteForm({ typed, isAdmin, errors }: InviteFormProps) {
  const words = useWords("invites");
  const most = isAdmin ? limits.inviteUses : limits.inviteUsesOfMember;
  return (
    <section class="panel" aria-labelledby="create">
      <h2 id="create">{words.createTitle}</h2>
      <form class="form" method="post" action="/invites">
        <TextField
          name="uses"
          label={words.uses}
          hint={fill(words.usesHint, { count: most })}
          type="number"
          min={1}
          max={most}
          value={typed.uses}
          error={errors.uses}
          required
        />
        <TextField
          name="days"
          label={words.days}
          hint={fill(words.daysHint, { count: limits.inviteDaysMax })}
          type="number"
          min={1}
          max={limits.inviteDaysMax}
          value={typed.days}
          error={errors.days}
          required
        />
        <div>
          <button type="submit" class="button button-main" name="action" value="create">
            {words.create}
          </button>
        </div>
      </form>
    </section>
  );
}

export function InviteList({ invites, may }: { invites: readonly Invite[]; may: boolean }) {
  const words = useWords("invites");
  if (invites.length === 0) {
    return (
      <Empty title={words.emptyTitle}>
        <p>{may ? words.empty : words.emptyOff}</p>
      </Empty>
    );
  }
  return (
    <section class="panel" aria-labelledby="open">
      <h2 id="open">{words.open}</h2>
      <ul class="people">
        {invites.map((invite) => <OneInvite key={invite.id} invite={invite} />)}
      </ul>
    </section>
  );
}

function OneInvite({ invite }: { invite: Invite }) {
  const words = useWords("invites");
  const { id, by, uses, used, createdAt, expiresAt } = invite;
  return (
    <li>
      <span class="name">
        <span>
          <Filled
            text={words.facts}
            used={String(used)}
            uses={String(uses)}
            time={<Time value={expiresAt} />}
          />
        </span>
        <span class="soft small">
          <Filled text={words.by} username={by} time={<Time value={createdAt} />} />
        </span>
      </span>
      <RowAction
        to="/invites"
        id={id}
        action="revoke"
        name={words.revoke}
        of={fill(words.revokeOf, { time: utcText(useLanguage(), createdAt) })}
      />
    </li>
  );
}

/** Administrators decide whether members invite too. */
export function InvitePolicyForm({ members }: { members: boolean }) {
  const words = useWords("invites");
  return (
    <section class="panel" aria-labelledby="members-invite">
      <h2 id="members-invite">{words.membersTitle}</h2>
      <form class="form" method="post" action="/invites">
        <Check
          name="members"
          label={words.members}
          hint={fill(words.membersHint, { count: limits.invitesOpenOfMember })}
          checked={members}
        />
        <div>
          <button type="submit" class="button" name="action" value="policy">{words.save}</button>
        </div>
      </form>
    </section>
  );
}
