import { type Context, page } from "fresh";
import { PageHead } from "../../../components/PageHead.tsx";
import { Empty, Notice } from "../../../components/Notice.tsx";
import { PersonName } from "../../../components/PersonName.tsx";
import { UserMarks } from "../../../components/UserMarks.tsx";
import { useLanguage, useWords } from "../../../components/words.tsx";
import { limits, Refusal } from "../../../lib/protocol/mod.ts";
import { definePerson, type PersonState } from "../../../lib/web/define.ts";
import { type FormProblem, problemOf, readForm } from "../../../lib/web/forms/form.ts";
import { noSanction, sanctionSeveral, typedSanction } from "../../../lib/web/forms/users.ts";
import { refusedPage, seeOther, zoneOf } from "../../../lib/web/pages.ts";
import { fill, plural } from "../../../lib/words/shape.ts";
import { SanctionForm } from "../(_parts)/UserSanctions.tsx";

/** MO-4: one sanction for several people. The list of users leads here, and this page asks before anything is done. */
export const handler = definePerson.handlers({
  async GET(ctx) {
    return page({
      ...await shown(ctx),
      typed: noSanction(await zoneOf(ctx)),
      problem: null as FormProblem | null,
    });
  },
  async POST(ctx) {
    const form = await readForm(ctx.req);
    const done = form instanceof Refusal ? form : await sanctionSeveral(ctx, namesIn(ctx.url), form);
    if (!(done instanceof Refusal)) {
      const failed = done.failed.map((name) => `&failed=${encodeURIComponent(name)}`).join("");
      return seeOther(`/admin/several?done=${done.count}${failed}`);
    }
    const typed = form instanceof Refusal ? noSanction(await zoneOf(ctx)) : typedSanction(form);
    const problem = problemOf(done, ctx.state.language);
    return page({ ...await shown(ctx), typed, problem }, refusedPage(done));
  },
});

function namesIn({ searchParams }: URL, name = "name"): string[] {
  return [...new Set(searchParams.getAll(name))].slice(0, limits.sanctionedAtOnce);
}

async function shown({ state: { services, caller }, url }: Context<PersonState>) {
  const found = await Promise.all(namesIn(url).map((name) => services.users.get(caller, name)));
  return {
    users: found.filter((user) => !(user instanceof Refusal)),
    done: Number(url.searchParams.get("done") ?? 0) || 0,
    failed: namesIn(url, "failed").filter((name) => /^[a-z0-9_-]{3,32}$/.test(name)),
  };
}

export default definePerson.page<typeof handler>(function Several({ data }) {
  const words = useWords("users");
  const language = useLanguage();
  const { users, done, failed, typed, problem } = data;
  const path = `/admin/several?${
    users.map(({ username }) => `name=${encodeURIComponent(username)}`).join("&")
  }`;
  return (
    <>
      <PageHead
        title={words.several}
        up={{ href: "/admin/users", name: words.all }}
        notice={done > 0 ? plural(language, words.severalDone, done) : undefined}
        problem={problem}
      />
      {failed.length === 0 ? null : (
        <Notice tone="bad">
          {fill(words.severalFailed, { names: failed.map((name) => `@${name}`).join(", ") })}
        </Notice>
      )}
      {users.length === 0
        ? done > 0 || failed.length > 0 ? null : (
          <Empty title={words.severalNone}>
            <p>{words.severalNoneHint}</p>
          </Empty>
        )
        : (
          <>
            <section class="panel" aria-labelledby="whom">
              <h2 id="whom">{plural(language, words.severalWhom, users.length)}</h2>
              <ul class="people">
                {users.map((user) => (
                  <li key={user.username}>
                    <span class="name">
                      <PersonName username={user.username} displayName={user.displayName} />
                    </span>
                    <UserMarks user={user} />
                  </li>
                ))}
              </ul>
            </section>
            <SanctionForm typed={typed} path={path} errors={problem?.fields ?? {}} />
          </>
        )}
    </>
  );
});
