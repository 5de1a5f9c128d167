import type { AdminGroup, GroupRole } from "../lib/protocol/mod.ts";
import { SelectField, TextField } from "./Field.tsx";
import { Empty } from "./Notice.tsx";
import { PersonName } from "./PersonName.tsx";
import { Time } from "./Time.tsx";

/** What each role may do, in words. */
export const groupRoles: readonly (readonly [GroupRole, string])[] = [
  ["member", "Member: gets its commands"],
  ["sender", "Sender: may also send to it"],
  ["owner", "Owner: may also invite and remove"],
];

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
  return (
    <>
      <section class="panel" aria-labelledby="members">
        <h2 id="members">Members</h2>
        {group.members.length === 0
          ? (
            <Empty title="Nobody yet">
              <p>Invite somebody below. They are in it once they accept.</p>
            </Empty>
          )
          : (
            <ul class="people">
              {group.members.map((member) => (
                <li key={member.username}>
                  <span class="name">
                    <PersonName username={member.username} displayName={member.displayName} />
                    <span class="soft small">
                      {member.since === null ? "Invited, has not accepted" : (
                        <>
                          Since <Time value={member.since} />
                        </>
                      )}
                    </span>
                  </span>
                  <form class="row" method="post" action={path}>
                    <input type="hidden" name="username" value={member.username} />
                    <select class="input input-role" name="role" aria-label={`Role of @${member.username}`}>
                      {groupRoles.map(([role]) => (
                        <option key={role} value={role} selected={role === member.role}>{role}</option>
                      ))}
                    </select>
                    <button
                      type="submit"
                      class="button"
                      name="action"
                      value="role"
                      aria-label={`Set the role of @${member.username}`}
                    >
                      Set
                    </button>
                    {member.username === self ? null : (
                      <button
                        type="submit"
                        class="button button-quiet"
                        name="action"
                        value="remove"
                        aria-label={`Remove @${member.username}`}
                      >
                        Remove
                      </button>
                    )}
                  </form>
                </li>
              ))}
            </ul>
          )}
      </section>
      <section class="panel" aria-labelledby="invite">
        <h2 id="invite">Invite somebody</h2>
        <form class="form" method="post" action={path}>
          <TextField
            name="username"
            label="Username"
            value={typed.username}
            error={errors.username}
            autocomplete="off"
            autocapitalize="none"
            spellcheck={false}
            required
          />
          <SelectField
            name="role"
            label="Role"
            value={typed.role}
            error={errors.role}
            options={groupRoles}
          />
          <div>
            <button type="submit" class="button button-main" name="action" value="invite">Invite</button>
          </div>
        </form>
      </section>
    </>
  );
}
