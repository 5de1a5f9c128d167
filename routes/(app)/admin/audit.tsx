import { type Context, page } from "fresh";
import { AuditFilters } from "../../../components/AuditFilters.tsx";
import { AuditList } from "../../../components/AuditList.tsx";
import { Empty, Notice } from "../../../components/Notice.tsx";
import { PageHead } from "../../../components/PageHead.tsx";
import { Pages, pathWith } from "../../../components/Pages.tsx";
import { Filled, useLanguage, useWords } from "../../../components/words.tsx";
import { auditQuery, type AuditVerdict, checked, Refusal } from "../../../lib/protocol/mod.ts";
import { definePerson, type PersonState } from "../../../lib/web/define.ts";
import { problemOf } from "../../../lib/web/forms/form.ts";
import { noPage } from "../../../lib/web/pages.ts";
import { formOf } from "../../../lib/protocol/templates.ts";

/** MO-3. The form verifies the chain. */
export const handler = definePerson.handlers({
  GET: async (ctx) => page({ ...await shown(ctx), verdict: null as AuditVerdict | null }),
  async POST(ctx) {
    const verdict = await ctx.state.services.audit.verify(ctx.state.caller);
    if (verdict instanceof Refusal) throw noPage(verdict);
    return page({ ...await shown(ctx), verdict });
  },
});

async function shown({ state, url: { searchParams } }: Context<PersonState>) {
  const typed = (name: string) => searchParams.get(name)?.trim() ?? "";
  const filter = {
    actor: typed("actor").replace(/^@/, ""),
    action: typed("action"),
    subject: typed("subject").replace(/^@/, ""),
  };
  const before = searchParams.get("before");
  const given = Object.entries({ ...filter, before }).filter(([, value]) => value);
  const query = checked(auditQuery, Object.fromEntries(given));
  const log = query instanceof Refusal ? query : await state.services.audit.page(state.caller, query);
  const asked = { filter, newest: before === null };
  return log instanceof Refusal
    ? { ...asked, entries: [], next: null, problem: problemOf(log, state.language) }
    : { ...asked, ...log, problem: null };
}

export default definePerson.page<typeof handler>(function Audit({ data }) {
  const words = useWords("admin");
  const audit = useWords("audit");
  const { entries, filter, next, newest, problem, verdict } = data;
  const isFiltered = Object.values(filter).some((value) => value !== "");
  return (
    <>
      <PageHead title={words.audit} lead={words.auditLead} problem={problem} />
      {verdict === null ? null : <Verdict verdict={verdict} />}
      <AuditFilters filter={filter} errors={problem?.fields ?? {}} />
      {entries.length === 0
        ? (
          <Empty title={isFiltered ? audit.none : words.emptyTitle}>
            <p>{next !== null ? audit.noneFurther : isFiltered ? null : words.empty}</p>
            {isFiltered
              ? (
                <p>
                  <a class="button" href="/admin/audit">{audit.clear}</a>
                </p>
              )
              : null}
          </Empty>
        )
        : (
          <section class="panel" aria-label={words.entries}>
            <AuditList entries={entries} />
          </section>
        )}
      <Pages
        newest={newest ? null : pathWith("/admin/audit", filter)}
        older={next === null ? null : pathWith("/admin/audit", { ...filter, before: next })}
        {...entries.length === 0 ? { words: [audit.clear, audit.further] as const } : {}}
      />
    </>
  );
});

/** What the check of the chain said. */
function Verdict({ verdict }: { verdict: AuditVerdict }) {
  const words = useWords("audit");
  const language = useLanguage();
  if (!verdict.ok) {
    return (
      <Notice tone="bad">
        <Filled text={words.broken} seq={verdict.seq} why={verdict.why} />
      </Notice>
    );
  }
  const { entries, hash } = verdict;
  if (entries === 0) return <Notice>{words.empty}</Notice>;
  return (
    <Notice>
      <Filled
        text={formOf(language, words.verified, entries)}
        count={new Intl.NumberFormat(language).format(entries)}
        hash={<code class="hash">{hash}</code>}
      />
    </Notice>
  );
}
