import { AreaField } from "../../../components/Field.tsx";
import { rolesOf } from "../../../components/GroupMembers.tsx";
import { Time } from "../../../components/Time.tsx";
import { Filled, useLanguage, useWords } from "../../../components/words.tsx";
import type { PersonFacts } from "../../../lib/protocol/mod.ts";
import { sizeText } from "../../../lib/text/mod.ts";
import { fill } from "../../../lib/words/mod.ts";
import type { UserFormProps } from "./UserSanctions.tsx";

/** MO-4: an account's sessions, groups, files and reports, once an administrator asked for them. */
export function UserFacts({ facts, path }: { facts: PersonFacts | null; path: string }) {
  const words = useWords("users");
  return (
    <section class="panel" aria-labelledby="facts">
      <h2 id="facts">{words.facts}</h2>
      {facts === null
        ? (
          <>
            <p class="hint">{words.factsLead}</p>
            <p>
              <a class="button" href={`${path}?show=facts#facts`}>{words.showFacts}</a>
            </p>
          </>
        )
        : <Facts facts={facts} />}
    </section>
  );
}

function Facts({ facts: { sessions, groups, files, secondFactor, reports } }: { facts: PersonFacts }) {
  const words = useWords("users");
  const queue = useWords("queue");
  const fileWords = useWords("file");
  const devices = useWords("sessions");
  const roles = new Map(rolesOf(useWords("groups")).map(([role, name]) => [role, name]));
  const language = useLanguage();
  return (
    <div class="stack">
      <h3>{words.sessions}</h3>
      {sessions.length === 0 ? <p class="soft">{words.noSessions}</p> : (
        <ul class="people">
          {sessions.map(({ id, agent, device, address, lastSeenAt }) => (
            <li key={id}>
              <span class="name">
                <span>{agent === null ? device : fill(devices.agent, agent)}</span>
                <span class="soft small">
                  <Filled text={words.sessionSeen} address={address} time={<Time value={lastSeenAt} />} />
                </span>
              </span>
            </li>
          ))}
        </ul>
      )}
      <p class="small">{secondFactor ? words.secondFactor : words.noSecondFactor}</p>
      <h3>{words.groups}</h3>
      {groups.length === 0 ? <p class="soft">{words.noGroups}</p> : (
        <ul class="people">
          {groups.map(({ name, title, role }) => (
            <li key={name}>
              <span class="name">
                <a href={`/admin/groups/${name}`}>{title}</a>
              </span>
              <span class="tag">{roles.get(role)}</span>
            </li>
          ))}
        </ul>
      )}
      <p>
        {fill(words.filesUsed, {
          used: sizeText(fileWords, language, files.used),
          quota: sizeText(fileWords, language, files.quota),
        })}
      </p>
      {reports === null ? null : (
        <>
          <h3>{words.reportsAbout}</h3>
          <p>
            {fill(queue.history, {
              count: String(reports.total),
              people: String(reports.people),
              upheld: String(reports.upheld),
              dismissed: String(reports.dismissed),
              open: String(reports.open),
            })}
          </p>
        </>
      )}
    </div>
  );
}

interface AccessProps extends UserFormProps {
  username: string;
  /** A link that was made just now. It is shown this once. */
  made: { url: string; expiresAt: string } | null;
  /** What was typed into a refused form, by its button. */
  typed: { action: string; why: string } | null;
}

/** AU-12: for people who lost their password, and for accounts that somebody else uses. */
export function UserAccess({ username, path, errors, made, typed }: AccessProps) {
  const words = useWords("users");
  return (
    <>
      <section class="panel" aria-labelledby="access">
        <h2 id="access">{words.lost}</h2>
        {made === null ? null : (
          <div class="field" role="status">
            <label for="login-link">
              <Filled text={words.linkMade} name={username} time={<Time value={made.expiresAt} />} />
            </label>
            <input
              class="input"
              id="login-link"
              value={made.url}
              readOnly
              autocomplete="off"
              spellcheck={false}
            />
          </div>
        )}
        <WhyForm
          action="link"
          lead={words.lostLead}
          button={words.makeLink}
          path={path}
          typed={typed}
          errors={errors}
        />
      </section>
      <section class="panel" aria-labelledby="log-out">
        <h2 id="log-out">{words.logOut}</h2>
        <WhyForm
          action="logout"
          lead={words.logOutLead}
          button={words.logOut}
          path={path}
          typed={typed}
          errors={errors}
        />
      </section>
    </>
  );
}

interface WhyProps extends UserFormProps {
  action: "link" | "logout";
  lead: string;
  button: string;
  typed: AccessProps["typed"];
}

function WhyForm({ action, lead, button, path, typed, errors }: WhyProps) {
  const words = useWords("users");
  const isTyped = typed?.action === action;
  return (
    <form class="form" method="post" action={path}>
      <p class="hint">{lead}</p>
      <AreaField
        name="why"
        id={`why-${action}`}
        label={words.lostWhy}
        hint={action === "link" ? words.lostWhyHint : words.whyLiftedHint}
        value={isTyped ? typed.why : ""}
        error={isTyped ? errors.why : undefined}
        rows={2}
      />
      <div>
        <button type="submit" class="button" name="action" value={action}>{button}</button>
      </div>
    </form>
  );
}
