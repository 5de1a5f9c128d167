import type { AdminGroup, GroupRole } from "../lib/protocol/mod.ts";
import type { Words } from "../lib/words/mod.ts";
import { fill } from "../lib/words/shape.ts";
import { SelectField, TextField } from "./Field.tsx";
import { Empty } from "./Notice.tsx";
import { PersonName } from "./PersonName.tsx";
import { Time } from "./Time.tsx";
import { Filled, useWords } from "./words.tsx";

/** What each role is called, and what it may do. */
export function rolesOf(
  words: Words["groups"],
): readonly (readonly [GroupRole, name: string, meaning: string])[] {
  return [
    ["member", words.memberShort, words.member],
    ["sender", words.senderShort, words.sender],
    ["owner", words.ownerShort, words.owner],
  ];
}

interface GroupMembersProps {
  group: AdminGroup;
  /** Where the forms are posted to. */
  path: string;
  /** The person who looks: leaving is done on the page of their groups. */
  self: string;
  typed: { username: string; role: string };
  errors: Record<string, string>;
}

/** Who is in a group, with what its owners and administrators can do about it (BR-6). */
export function GroupMembers({ group, path, self, typed, errors }: GroupMembersProps) {
  const words = useWords("groups");
  const roles = rolesOf(words);
  return (
    <>
      <section class="panel" aria-labelledby="members">
        <h2 id="members">{words.members}</h2>
        {group.members.length === 0
          ? (
            <Empty title={words.nobodyTitle}>
              <p>{words.nobody}</p>
            </Empty>
          )
          : (
            <ul class="people">
              {group.members.map((member) => (
                <li key={member.username}>
                  <span class="name">
                    <PersonName username={member.username} displayName={member.displayName} />
                    <span class="soft small">
                      {member.since === null
                        ? words.invited
                        : <Filled text={words.since} time={<Time value={member.since} />} />}
                    </span>
                  </span>
                  <form class="row" method="post" action={path}>
                    <input type="hidden" name="username" value={member.username} />
                    <select
                      class="input input-role"
                      name="role"
                      aria-label={fill(words.roleOf, { username: member.username })}
                    >
                      {roles.map(([role, name]) => (
                        <option key={role} value={role} selected={role === member.role}>{name}</option>
                      ))}
                    </select>
                    <button
                      type="submit"
                      class="button"
                      name="action"
                      value="role"
                      aria-label={fill(words.setRoleOf, { username: member.username })}
                    >
                      {words.setRole}
                    </button>
                    {member.username === self ? null : (
                      <button
                        type="submit"
                        class="button button-quiet"
                        name="action"
                        value="remove"
                        aria-label={fill(words.removeOf, { username: member.username })}
                      >
                        {words.remove}
                      </button>
                    )}
                  </form>
                </li>
              ))}
            </ul>
          )}
      </section>
      <section class="panel" aria-labelledby="invite">
        <h2 id="invite">{words.inviteTitle}</h2>
        <form class="form" method="post" action={path}>
          <TextField
            name="username"
            label={words.username}
            value={typed.username}
            error={errors.username}
            autocomplete="off"
            autocapitalize="none"
            spellcheck={false}
            required
          />
          <SelectField
            name="role"
            label={words.role}
            value={typed.role}
            error={errors.role}
            options={roles.map(([role, , meaning]) => [role, meaning])}
          />
          <div>
            <button type="submit" class="button button-main" name="action" value="invite">
              {words.invite}
            </button>
          </div>
        </form>
      </section>
    </>
  );
}
