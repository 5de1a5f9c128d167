import { type Context, page } from "fresh";
import type { ComponentChildren } from "preact";
import { TextField } from "../../components/Field.tsx";
import { Empty, Notice, ProblemNotice } from "../../components/Notice.tsx";
import { PersonName } from "../../components/PersonName.tsx";
import { Time } from "../../components/Time.tsx";
import { define, type State } from "../../lib/define.ts";
import { filled, problemOf, readForm, refusedPage, seeOther } from "../../lib/forms.ts";
import { callerOf } from "../../lib/page_caller.ts";
import { checked, methods, Refusal } from "../../lib/protocol/mod.ts";

const noneTyped = { username: "", note: "" };

export const handler = define.handlers({
  GET: async (ctx) => page({ ...await people(ctx), typed: noneTyped, problem: null }),
  async POST(ctx) {
    const form = await readForm(ctx.req);
    const action = form instanceof Refusal ? "" : form.get("action") ?? "";
    const done = form instanceof Refusal ? form : await act(ctx, action, form);
    if (!(done instanceof Refusal)) return seeOther(`/contacts?notice=${action}`);
    const typed = action === "request" && !(form instanceof Refusal)
      ? { username: form.get("username") ?? "", note: form.get("note") ?? "" }
      : noneTyped;
    return page({ ...await people(ctx), typed, problem: problemOf(done) }, refusedPage(done));
  },
});

async function act(ctx: Context<State>, action: string, form: URLSearchParams) {
  const { contacts } = ctx.state.services;
  const caller = callerOf(ctx.state);
  const username = form.get("username")?.trim().replace(/^@/, "") ?? "";
  if (action === "request") {
    const params = checked(methods["contact.request"].params, {
      username,
      note: filled(form, "note") ?? null,
    });
    return params instanceof Refusal ? params : await contacts.request(caller, params);
  }
  const params = checked(methods["contact.accept"].params, { username });
  if (params instanceof Refusal) return params;
  switch (action) {
    case "accept":
      return await contacts.accept(caller, params);
    case "decline":
      return await contacts.decline(caller, params);
    case "remove":
      return await contacts.remove(caller, params);
    default:
      return new Refusal("invalid_params", "Use the buttons of this page.");
  }
}

async function people(ctx: Context<State>) {
  const list = await ctx.state.services.contacts.list(callerOf(ctx.state), {});
  return list instanceof Refusal
    ? { contacts: [], incoming: [], outgoing: [], unread: problemOf(list) }
    : { ...list, unread: null };
}

const notices = new Map([
  ["request", "Asked. You are contacts as soon as they accept."],
  ["accept", "You are contacts now."],
  ["decline", "Declined. They are not told."],
  ["remove", "Removed. Neither of you is the other's contact any more."],
]);

export default define.page<typeof handler>(function Contacts({ data, url }) {
  const notice = data.problem === null ? notices.get(url.searchParams.get("notice") ?? "") : undefined;
  const nobody = data.contacts.length + data.incoming.length + data.outgoing.length === 0;
  return (
    <>
      <div class="page-head">
        <h1>Contacts</h1>
        <p class="lead">
          Two people who accepted each other. Being contacts gives nobody a right: preferences decide.
        </p>
      </div>
      {notice === undefined ? null : <Notice>{notice}</Notice>}
      <ProblemNotice problem={data.unread ?? data.problem} />
      {data.incoming.length === 0 ? null : (
        <section class="panel" aria-labelledby="incoming">
          <h2 id="incoming">They ask to be your contact</h2>
          <ul class="people">
            {data.incoming.map((one) => (
              <li key={one.username}>
                <Person {...one}>
                  {one.note ? <span class="small">“{one.note}”</span> : null}
                  <span class="soft small">
                    Asked <Time value={one.createdAt} />
                  </span>
                </Person>
                <Answer
                  username={one.username}
                  choices={[["accept", "Accept", true], ["decline", "Decline", false]]}
                />
              </li>
            ))}
          </ul>
        </section>
      )}
      {nobody
        ? (
          <Empty title="Nobody here yet">
            <p>Ask somebody below by their username. They must accept before either of you can send.</p>
          </Empty>
        )
        : null}
      {data.contacts.length === 0 ? null : (
        <section class="panel" aria-labelledby="list">
          <h2 id="list">Your contacts</h2>
          <ul class="people">
            {data.contacts.map((one) => (
              <li key={one.username}>
                <Person {...one}>
                  {one.online
                    ? (
                      <span class="small">
                        <span class="presence" aria-hidden="true" />Online
                      </span>
                    )
                    : null}
                  {one.allows
                    ? <span class="soft small">Takes: {one.allows.join(", ") || "nothing"}</span>
                    : null}
                </Person>
                <div class="row">
                  <a
                    class="button"
                    href={`/send?to=${encodeURIComponent(one.username)}`}
                    aria-label={`Send to ${one.displayName}`}
                  >
                    Send
                  </a>
                  <Answer username={one.username} choices={[["remove", "Remove", false]]} />
                </div>
              </li>
            ))}
          </ul>
        </section>
      )}
      {data.outgoing.length === 0 ? null : (
        <section class="panel" aria-labelledby="outgoing">
          <h2 id="outgoing">You asked</h2>
          <ul class="people">
            {data.outgoing.map((one) => (
              <li key={one.username}>
                <Person {...one}>
                  <span class="soft small">
                    Asked <Time value={one.createdAt} />
                  </span>
                </Person>
                <Answer username={one.username} choices={[["remove", "Take back", false]]} />
              </li>
            ))}
          </ul>
        </section>
      )}
      <section class="panel" aria-labelledby="ask">
        <h2 id="ask">Ask somebody</h2>
        <form class="form" method="post" action="/contacts">
          <TextField
            name="username"
            label="Username"
            value={data.typed.username}
            error={data.problem?.fields.username}
            autocomplete="off"
            autocapitalize="none"
            spellcheck={false}
            required
          />
          <TextField
            name="note"
            label="A word to them"
            hint="If you like: who you are, or where you met."
            value={data.typed.note}
            error={data.problem?.fields.note}
            autocomplete="off"
          />
          <div>
            <button type="submit" class="button button-main" name="action" value="request">Ask</button>
          </div>
        </form>
      </section>
    </>
  );
});

interface PersonProps {
  username: string;
  displayName: string;
  children: ComponentChildren;
}

function Person({ username, displayName, children }: PersonProps) {
  return (
    <span class="name">
      <PersonName username={username} displayName={displayName} />
      {children}
    </span>
  );
}

/** Buttons about one person: what they post, what they say, and whether it is the main one. */
function Answer({ username, choices }: { username: string; choices: [string, string, boolean][] }) {
  return (
    <form class="row" method="post" action="/contacts">
      <input type="hidden" name="username" value={username} />
      {choices.map(([action, label, main]) => (
        <button
          type="submit"
          key={action}
          class={main ? "button button-main" : "button button-quiet"}
          name="action"
          value={action}
          aria-label={`${label} @${username}`}
        >
          {label}
        </button>
      ))}
    </form>
  );
}
