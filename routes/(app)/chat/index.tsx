import { type Context, page } from "fresh";
import { type Found, FoundMessages, SearchForm } from "../../../components/ChatSearch.tsx";
import { ChatStyle } from "../../../components/ChatStyle.tsx";
import { ChatTalks, talkPath } from "../../../components/ChatTalks.tsx";
import { Empty } from "../../../components/Notice.tsx";
import { PageHead } from "../../../components/PageHead.tsx";
import { PersonName } from "../../../components/PersonName.tsx";
import { useWords } from "../../../components/words.tsx";
import { checked, methods, Refusal } from "../../../lib/protocol/mod.ts";
import { definePerson, type PersonState } from "../../../lib/web/define.ts";
import { fill } from "../../../lib/words/mod.ts";

/** Contacts that the page offers to write to. */
const contactsShown = 20;

export const handler = definePerson.handlers({
  async GET(ctx) {
    const { chat, contacts, config, clock } = ctx.state.services;
    const { caller } = ctx.state;
    const [{ talks }, known] = await Promise.all([chat.talks(caller), contacts.list(caller)]);
    const open = new Set(talks.filter(({ thread }) => thread === null).map((talk) => talk.with.username));
    const others = known.contacts.filter(({ username }) => !open.has(username)).slice(0, contactsShown);
    const found = await searched(ctx);
    return page({ talks, others, found, me: caller.username, days: config.retentionDays, now: clock.now() });
  },
});

/** What the address searches for; null: nothing. Words that the search does not take find nothing. */
async function searched(ctx: Context<PersonState>): Promise<Found | null> {
  const { searchParams } = ctx.url;
  const q = searchParams.get("q")?.trim() ?? "";
  if (q === "") return null;
  const before = searchParams.get("before");
  const params = checked(methods["chat.search"].params, { q, ...(before === null ? {} : { before }) });
  const found = params instanceof Refusal
    ? params
    : await ctx.state.services.chat.search(ctx.state.caller, params);
  return found instanceof Refusal ? { q, messages: [], next: null } : { q, ...found };
}

export default definePerson.page<typeof handler>(function Talks({ data }) {
  const { talks, others, found, me, days, now } = data;
  const words = useWords("chat");
  return (
    <>
      <ChatStyle />
      <PageHead title={words.title} lead={words.lead} />
      <SearchForm q={found?.q ?? ""} />
      {found !== null
        ? <FoundMessages found={found} me={me} now={now} />
        : talks.length === 0
        ? (
          <Empty title={words.emptyTitle}>
            <p>{fill(words.empty, { days })}</p>
          </Empty>
        )
        : <ChatTalks talks={talks} me={me} now={now} />}
      {others.length === 0 ? null : (
        <section class="panel" aria-labelledby="write-to">
          <h2 id="write-to">{words.contacts}</h2>
          <ul class="talk-contacts">
            {others.map((one) => (
              <li key={one.username}>
                <a class="button" href={talkPath(one.username, null)}>
                  <PersonName {...one} />
                </a>
              </li>
            ))}
          </ul>
        </section>
      )}
      <p>
        <a href="/contacts">{words.allContacts}</a>
      </p>
    </>
  );
});
