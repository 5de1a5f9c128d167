import { page } from "fresh";
import { ChatStyle } from "../../../components/ChatStyle.tsx";
import { ChatTalks, talkPath } from "../../../components/ChatTalks.tsx";
import { Empty } from "../../../components/Notice.tsx";
import { PageHead } from "../../../components/PageHead.tsx";
import { PersonName } from "../../../components/PersonName.tsx";
import { useWords } from "../../../components/words.tsx";
import { definePerson } from "../../../lib/web/define.ts";
import { fill } from "../../../lib/words/mod.ts";

/** Contacts that the page offers to write to. */
const contactsShown = 20;

export const handler = definePerson.handlers({
  async GET(ctx) {
    const { chat, contacts, config } = ctx.state.services;
    const { caller } = ctx.state;
    const [{ talks }, known] = await Promise.all([chat.talks(caller), contacts.list(caller)]);
    const open = new Set(talks.filter(({ thread }) => thread === null).map((talk) => talk.with.username));
    const others = known.contacts.filter(({ username }) => !open.has(username)).slice(0, contactsShown);
    return page({ talks, others, me: caller.username, days: config.retentionDays });
  },
});

export default definePerson.page<typeof handler>(function Talks({ data: { talks, others, me, days } }) {
  const words = useWords("chat");
  return (
    <>
      <ChatStyle />
      <PageHead title={words.title} lead={words.lead} />
      {talks.length === 0
        ? (
          <Empty title={words.emptyTitle}>
            <p>{fill(words.empty, { days })}</p>
          </Empty>
        )
        : <ChatTalks talks={talks} me={me} />}
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
        <p>
          <a href="/contacts">{words.allContacts}</a>
        </p>
      </section>
    </>
  );
});
