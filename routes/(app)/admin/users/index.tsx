import { page } from "fresh";
import { PageHead } from "../../../../components/PageHead.tsx";
import { TextField } from "../../../../components/Field.tsx";
import { Empty, ProblemNotice } from "../../../../components/Notice.tsx";
import { Pages, pathWith } from "../../../../components/Pages.tsx";
import { PersonName } from "../../../../components/PersonName.tsx";
import { UserMarks } from "../../../../components/UserMarks.tsx";
import { useWords } from "../../../../components/words.tsx";
import { definePerson } from "../../../../lib/web/define.ts";
import { problemOf } from "../../../../lib/web/forms/form.ts";
import { adminUserQuery, checked, Refusal } from "../../../../lib/protocol/mod.ts";
import { fill } from "../../../../lib/words/mod.ts";

export const handler = definePerson.handlers({
  async GET(ctx) {
    const q = ctx.url.searchParams.get("q")?.trim() ?? "";
    const after = ctx.url.searchParams.get("after");
    const params = checked(adminUserQuery, {
      ...q === "" ? {} : { q },
      ...after === null ? {} : { after },
    });
    const list = params instanceof Refusal
      ? params
      : await ctx.state.services.users.list(ctx.state.caller, params);
    const asked = { q, first: after === null };
    return list instanceof Refusal
      ? page({ ...asked, users: [], next: null, problem: problemOf(list, ctx.state.language) })
      : page({ ...asked, ...list, problem: null });
  },
});

export default definePerson.page<typeof handler>(function Users({ data }) {
  const words = useWords("users");
  const lists = useWords("lists");
  const { q, users } = data;
  return (
    <>
      <PageHead title={words.title} />
      <form class="filter" method="get" action="/admin/users" role="search">
        <TextField
          name="q"
          label={words.search}
          type="search"
          value={q}
          error={data.problem?.fields.q}
          autocomplete="off"
          autocapitalize="none"
          spellcheck={false}
        />
        <button type="submit" class="button">{words.search}</button>
      </form>
      <ProblemNotice problem={data.problem} />
      {users.length === 0
        ? (
          <Empty title={words.nobodyTitle}>
            {q === "" ? <p>{words.nobody}</p> : (
              <p>
                <a class="button" href="/admin/users">{words.showAll}</a>
              </p>
            )}
          </Empty>
        )
        : (
          <form class="panel" method="get" action="/admin/several" aria-label={words.accounts}>
            <ul class="people">
              {users.map((user) => (
                <li key={user.username}>
                  <span class="row">
                    <input
                      type="checkbox"
                      name="name"
                      value={user.username}
                      aria-label={fill(words.pick, { username: user.username })}
                    />
                    <span class="name">
                      <PersonName username={user.username} displayName={user.displayName} />
                    </span>
                  </span>
                  <span class="row">
                    <UserMarks user={user} />
                    <a
                      class="button"
                      href={`/admin/users/${encodeURIComponent(user.username)}`}
                      aria-label={fill(words.detailsOf, { username: user.username })}
                    >
                      {words.details}
                    </a>
                  </span>
                </li>
              ))}
            </ul>
            <p>
              <button type="submit" class="button">{words.severalNext}</button>
            </p>
          </form>
        )}
      <Pages
        newest={data.first ? null : pathWith("/admin/users", { q })}
        older={data.next === null ? null : pathWith("/admin/users", { q, after: data.next })}
        words={[lists.firstPage, lists.nextPage]}
      />
    </>
  );
});
