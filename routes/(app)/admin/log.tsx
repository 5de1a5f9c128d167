import { type Context, page } from "fresh";
import { asset, Head } from "fresh/runtime";
import { LogFilters } from "../../../components/LogFilters.tsx";
import { LogHour } from "../../../components/LogHour.tsx";
import { LogList } from "../../../components/LogList.tsx";
import { Empty } from "../../../components/Notice.tsx";
import { PageHead } from "../../../components/PageHead.tsx";
import { Pages, pathWith } from "../../../components/Pages.tsx";
import { useWords } from "../../../components/words.tsx";
import Tail from "../../../islands/Tail.tsx";
import { Refusal } from "../../../lib/protocol/mod.ts";
import { definePerson, type PersonState } from "../../../lib/web/define.ts";
import { problemOf } from "../../../lib/web/forms/form.ts";
import { logAddress, logFilterIn, logQueryOf } from "../../../lib/web/forms/log_filter.ts";

/** How often somebody who follows the log sees it anew. */
const tailMs = 3_000;

/** OP-3: the server's log. */
export const handler = definePerson.handlers({ GET: async (ctx) => page(await shown(ctx)) });

async function shown({ state, url: { searchParams } }: Context<PersonState>) {
  const { services, caller, language } = state;
  const filter = logFilterIn(searchParams);
  const before = searchParams.get("before");
  const query = logQueryOf(filter, before, services.clock.now());
  const found = query instanceof Refusal ? query : await services.serverLog.page(caller, query);
  const asked = {
    filter,
    newest: before === null,
    live: searchParams.has("live"),
    // The same as a program asks for it.
    json: query instanceof Refusal ? null : pathWith("/api/v1/admin/log", { ...query, limit: null }),
  };
  return found instanceof Refusal
    ? { ...asked, lines: [], next: null, people: {}, minutes: [], problem: problemOf(found, language) }
    : { ...asked, ...found, problem: null };
}

export default definePerson.page<typeof handler>(function ServerLog({ data }) {
  const words = useWords("serverLog");
  const frame = useWords("frame");
  const { filter, lines, people, minutes, next, newest, live, json, problem } = data;
  const address = logAddress(filter);
  const filtered = Object.values(address).some((value) => value !== "");
  return (
    <>
      <Head>
        <link rel="stylesheet" href={asset("/log.css")} key="log" />
      </Head>
      <PageHead title={frame.log} lead={`${words.lead} ${words.looked}`} problem={problem} />
      <LogFilters filter={filter} live={live} errors={problem?.fields ?? {}} json={json} />
      {live && newest
        ? (
          <p class="hint">
            {words.liveHint} <noscript>{words.liveManual}</noscript>
          </p>
        )
        : null}
      {newest && minutes.length > 0 ? <LogHour minutes={minutes} /> : null}
      <section id="log" class="panel log" aria-label={words.lines} data-live>
        {lines.length > 0
          ? <LogList lines={lines} people={people} />
          : (
            <Empty title={filtered || next !== null || !newest ? words.none : words.noneYet}>
              <p>{next !== null ? words.noneFurther : filtered ? null : words.noneYetHint}</p>
              {filtered
                ? (
                  <p>
                    <a class="button" href="/admin/log">{words.clear}</a>
                  </p>
                )
                : null}
            </Empty>
          )}
      </section>
      <Pages
        newest={newest ? null : pathWith("/admin/log", address)}
        older={next === null ? null : pathWith("/admin/log", { ...address, before: next })}
        words={[words.newest, lines.length === 0 ? words.further : words.older]}
      />
      {live && newest ? <Tail everyMs={tailMs} /> : null}
    </>
  );
});
