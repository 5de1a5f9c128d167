import { page } from "fresh";
import { PageHead } from "../../../components/PageHead.tsx";
import { AuditList } from "../../../components/AuditList.tsx";
import { Empty } from "../../../components/Notice.tsx";
import { Pages } from "../../../components/Pages.tsx";
import { useWords } from "../../../components/words.tsx";
import { definePerson } from "../../../lib/web/define.ts";
import { problemOf } from "../../../lib/web/forms/form.ts";
import { checked, cursor, Refusal } from "../../../lib/protocol/mod.ts";

export const handler = definePerson.handlers({
  async GET(ctx) {
    const before = ctx.url.searchParams.get("before");
    const from = before === null ? undefined : checked(cursor, before, "before");
    const log = from instanceof Refusal
      ? from
      : await ctx.state.services.audit.page(ctx.state.caller, { before: from });
    const newest = before === null;
    return log instanceof Refusal
      ? page({ entries: [], next: null, newest, problem: problemOf(log, ctx.state.language) })
      : page({ ...log, newest, problem: null });
  },
});

export default definePerson.page<typeof handler>(function Audit({ data }) {
  const words = useWords("admin");
  return (
    <>
      <PageHead title={words.audit} lead={words.auditLead} problem={data.problem} />
      {data.entries.length === 0
        ? (
          <Empty title={words.emptyTitle}>
            <p>{words.empty}</p>
          </Empty>
        )
        : (
          <section class="panel" aria-label={words.entries}>
            <AuditList entries={data.entries} />
          </section>
        )}
      <Pages
        newest={data.newest ? null : "/admin/audit"}
        older={data.next === null ? null : `/admin/audit?before=${data.next}`}
      />
    </>
  );
});
