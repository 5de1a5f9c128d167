import { type Context, page } from "fresh";
import type { ComponentChildren } from "preact";
import { PageHead } from "../../components/PageHead.tsx";
import { AskFirst } from "../../components/AskFirst.tsx";
import { Avatar } from "../../components/Avatar.tsx";
import { TextField } from "../../components/Field.tsx";
import { useCategoryTitle } from "../../components/category_titles.tsx";
import { GrantSentence } from "../../components/GrantPage.tsx";
import { Empty } from "../../components/Notice.tsx";
import { PersonName } from "../../components/PersonName.tsx";
import { ReportLink } from "../../components/ReportLink.tsx";
import { When } from "../../components/When.tsx";
import { Filled, useWords } from "../../components/words.tsx";
import Live from "../../islands/Live.tsx";
import { definePerson, type PersonState } from "../../lib/web/define.ts";
import { filled, problemOf, readForm } from "../../lib/web/forms/form.ts";
import { refusedPage, seeOther } from "../../lib/web/pages.ts";
import { checked, methods, Refusal } from "../../lib/protocol/mod.ts";
import { fill, type Words } from "../../lib/words/mod.ts";

const noneTyped = { username: "", note: "" };

export const handler = definePerson.handlers({
  GET: async (ctx) => page({ ...await people(ctx), typed: noneTyped, problem: null }),
  async POST(ctx) {
    const form = await readForm(ctx.req);
    const action = form instanceof Refusal ? "" : form.get("action") ?? "";
    const done = form instanceof Refusal ? form : await act(ctx, action, form);
    if (!(done instanceof Refusal)) return seeOther(`/contacts?notice=${action}`);
    const typed = action === "request" && !(form instanceof Refusal)
      ? { username: form.get("username") ?? "", note: form.get("note") ?? "" }
      : noneTyped;
    return page(
      { ...await people(ctx), typed, problem: problemOf(done, ctx.state.language) },
      refusedPage(done),
    );
  },
});

async function act(ctx: Context<PersonState>, action: string, form: URLSearchParams) {
  const { contacts } = ctx.state.services;
  const caller = ctx.state.caller;
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
      return new Refusal("invalid_params", "form.buttons");
  }
}

async function people(ctx: Context<PersonState>) {
  const { clock, contacts, profiles } = ctx.state.services;
  const caller = ctx.state.caller;
  const list = await contacts.list(caller);
  const pictured = await profiles.withAvatar(caller, list.contacts.map(({ username }) => username));
  return { ...list, pictured, now: clock.now() };
}

/** Only these words, never text from the address. */
function noticeOf(words: Words["contacts"], notice: string | null): string | undefined {
  switch (notice) {
    case "request":
      return words.asked;
    case "accept":
      return words.accepted;
    case "decline":
      return words.declined;
    case "remove":
      return words.removed;
    default:
      return undefined;
  }
}

export default definePerson.page<typeof handler>(function Contacts({ data, url }) {
  const words = useWords("contacts");
  const lists = useWords("lists");
  const titleOf = useCategoryTitle();
  const notice = data.problem === null ? noticeOf(words, url.searchParams.get("notice")) : undefined;
  const nobody = data.contacts.length + data.incoming.length + data.outgoing.length === 0;
  return (
    <>
      <PageHead title={words.title} lead={words.lead} notice={notice} problem={data.problem} />
      <Live on="contact.changed" />
      <div class="live" id="people" data-live>
        {data.incoming.length === 0 ? null : (
          <section class="panel" aria-labelledby="incoming">
            <h2 id="incoming">{words.incoming}</h2>
            <ul class="people">
              {data.incoming.map((one) => (
                <li key={one.username}>
                  <Person {...one}>
                    {one.note ? <span class="small">{fill(lists.quoted, { text: one.note })}</span> : null}
                    <span class="soft small">
                      <Filled text={words.askedAt} time={<When value={one.createdAt} now={data.now} />} />
                    </span>
                  </Person>
                  <div class="row">
                    <Answer
                      username={one.username}
                      choices={[["accept", words.accept, true], ["decline", words.decline, false]]}
                    />
                    <ReportLink
                      kind="user"
                      id={one.username}
                      name={`@${one.username}`}
                      look="button button-quiet"
                    />
                  </div>
                </li>
              ))}
            </ul>
          </section>
        )}
        {nobody
          ? (
            <Empty title={words.emptyTitle}>
              <p>{words.empty}</p>
            </Empty>
          )
          : null}
        {data.contacts.length === 0 ? null : (
          <section class="panel" aria-labelledby="list">
            <h2 id="list">{words.yours}</h2>
            <ul class="people">
              {data.contacts.map((one) => (
                <li key={one.username}>
                  <Avatar
                    username={one.username}
                    name={one.displayName}
                    picture={data.pictured.has(one.username)}
                    size={40}
                  />
                  <Person {...one}>
                    {one.online
                      ? (
                        <span class="small">
                          <span class="presence" aria-hidden="true" />
                          {lists.online}
                        </span>
                      )
                      : null}
                    {one.grant === undefined ? null : <GrantSentence grant={one.grant} />}
                    {one.allows
                      ? <span class="soft small">{takesText(words, one.allows, titleOf)}</span>
                      : null}
                  </Person>
                  <div class="row">
                    <a
                      class="button"
                      href={`/send?to=${encodeURIComponent(one.username)}`}
                      aria-label={fill(words.sendTo, { name: one.displayName })}
                    >
                      {words.send}
                    </a>
                    <a
                      class="button button-quiet"
                      href={`/contacts/${encodeURIComponent(one.username)}`}
                      aria-label={fill(words.rulesFor, { name: one.displayName })}
                    >
                      {words.rules}
                    </a>
                    <ReportLink
                      kind="user"
                      id={one.username}
                      name={`@${one.username}`}
                      look="button button-quiet"
                    />
                    <AskFirst ask="contact" to="/contacts">
                      <input type="hidden" name="username" value={one.username} />
                      <input type="hidden" name="action" value="remove" />
                      <button
                        type="submit"
                        class="button button-quiet"
                        aria-label={fill(words.about, { action: words.remove, username: one.username })}
                      >
                        {words.remove}
                      </button>
                    </AskFirst>
                  </div>
                </li>
              ))}
            </ul>
          </section>
        )}
        {data.outgoing.length === 0 ? null : (
          <section class="panel" aria-labelledby="outgoing">
            <h2 id="outgoing">{words.outgoing}</h2>
            <ul class="people">
              {data.outgoing.map((one) => (
                <li key={one.username}>
                  <Person {...one}>
                    <span class="soft small">
                      <Filled text={words.askedAt} time={<When value={one.createdAt} now={data.now} />} />
                    </span>
                  </Person>
                  <Answer username={one.username} choices={[["remove", words.takeBack, false]]} />
                </li>
              ))}
            </ul>
          </section>
        )}
      </div>
      <section class="panel" aria-labelledby="ask">
        <h2 id="ask">{words.askTitle}</h2>
        <form class="form" method="post" action="/contacts">
          <TextField
            name="username"
            label={words.username}
            value={data.typed.username}
            error={data.problem?.fields.username}
            autocomplete="off"
            autocapitalize="none"
            spellcheck={false}
            required
          />
          <TextField
            name="note"
            label={words.note}
            hint={words.noteHint}
            value={data.typed.note}
            error={data.problem?.fields.note}
            autocomplete="off"
          />
          <div>
            <button type="submit" class="button button-main" name="action" value="request">
              {words.ask}
            </button>
          </div>
        </form>
      </section>
    </>
  );
});

function takesText(
  words: Words["contacts"],
  categories: readonly string[],
  titleOf: (slug: string) => string,
): string {
  return categories.length === 0
    ? words.takesNothing
    : fill(words.takes, { categories: categories.map(titleOf).join(", ") });
}

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
  const words = useWords("contacts");
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
          aria-label={fill(words.about, { action: label, username })}
        >
          {label}
        </button>
      ))}
    </form>
  );
}
