import { Avatar } from "../../../components/Avatar.tsx";
import { NameField, TextField } from "../../../components/Field.tsx";
import { Empty, Notice } from "../../../components/Notice.tsx";
import { PageHead } from "../../../components/PageHead.tsx";
import { Pages, pathWith } from "../../../components/Pages.tsx";
import { Title } from "../../../components/Title.tsx";
import { Filled, useLanguage, useWords } from "../../../components/words.tsx";
import { definePerson } from "../../../lib/web/define.ts";
import { blockedPage, type Done } from "../../../lib/web/forms/blocked.ts";
import { fill, plural } from "../../../lib/words/mod.ts";

export const handler = definePerson.handlers(blockedPage);

const here = "/preferences/blocked";

export default definePerson.page<typeof handler>(function BlockedPage({ data }) {
  const words = useWords("blocked");
  const language = useLanguage();
  const { q, names, count, next, isFirst } = data;
  return (
    <>
      <Title text={words.title} />
      <PageHead
        title={words.title}
        lead={words.lead}
        up={{ href: "/preferences", name: useWords("preferences").title }}
        problem={data.problem}
      />
      {data.done === null || data.problem !== null ? null : <JustDone done={data.done} />}
      {count === 0
        ? (
          <Empty title={words.emptyTitle}>
            <p>{words.empty}</p>
          </Empty>
        )
        : (
          <section class="panel" aria-labelledby="list">
            <h2 id="list">{plural(language, words.count, count)}</h2>
            <form class="row" method="get" action={here} role="search">
              <TextField
                name="q"
                type="search"
                label={words.search}
                value={q}
                autocomplete="off"
                autocapitalize="none"
                spellcheck={false}
              />
              <button type="submit" class="button">{words.find}</button>
            </form>
            {names.length === 0
              ? (
                <p>
                  {words.none} <a href={here}>{words.clear}</a>
                </p>
              )
              : (
                <ul class="people">
                  {names.map((name) => (
                    <li key={name}>
                      <Avatar username={name} name={name} picture={false} size={40} />
                      <span class="name">
                        <strong class="private">@{name}</strong>
                      </span>
                      <Act name={name} action="unblock" label={words.unblock} />
                    </li>
                  ))}
                </ul>
              )}
            <Pages
              newest={isFirst ? null : pathWith(here, { q })}
              older={next === null ? null : pathWith(here, { q, after: next })}
              words={[words.first, words.more]}
            />
          </section>
        )}
      <section class="panel" aria-labelledby="block">
        <h2 id="block">{words.blockTitle}</h2>
        <form class="form" method="post" action={here}>
          <NameField
            name="username"
            label={words.username}
            value={data.typed}
            error={data.problem?.fields.username}
          />
          <div>
            <button type="submit" class="button button-main" name="action" value="block">
              {words.block}
            </button>
          </div>
        </form>
      </section>
    </>
  );
});

/** What was just done, with the way back. */
function JustDone({ done: { action, name, effect } }: { done: Done }) {
  const words = useWords("blocked");
  return (
    <Notice>
      <p>
        <Filled
          text={action === "block" ? words.blocked : words.unblocked}
          name={<strong class="private">@{name}</strong>}
        />
        {effect === null ? null : ` ${effect}`}
      </p>
      <Act name={name} action={action === "block" ? "unblock" : "block"} label={words.undo} />
    </Notice>
  );
}

function Act({ name, action, label }: { name: string; action: "block" | "unblock"; label: string }) {
  const words = useWords("blocked");
  return (
    <form method="post" action={here}>
      <input type="hidden" name="username" value={name} />
      <button
        type="submit"
        class="button"
        name="action"
        value={action}
        aria-label={fill(words.about, { action: label, name })}
      >
        {label}
      </button>
    </form>
  );
}
