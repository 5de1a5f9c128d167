import { type Context, page } from "fresh";
import { PageHead } from "../../../components/PageHead.tsx";
import { ReasonForm, RuleForm } from "../../../components/SanctionRules.tsx";
import { useWords } from "../../../components/words.tsx";
import { Refusal } from "../../../lib/protocol/mod.ts";
import { definePerson, type PersonState } from "../../../lib/web/define.ts";
import { type FormProblem, problemOf, readForm } from "../../../lib/web/forms/form.ts";
import {
  readReasons,
  readRules,
  reasonRows,
  ruleRows,
  type TypedReason,
  typedReasons,
  type TypedRule,
  typedRules,
} from "../../../lib/web/forms/sanction_rules.ts";
import { noPage, refusedPage, seeOther } from "../../../lib/web/pages.ts";

/** MO-2, MO-7: the reasons for sanctions, and rules that add one by themselves. */
export const handler = definePerson.handlers({
  GET: async (ctx) => page({ ...await shown(ctx), problem: null as FormProblem | null }),
  async POST(ctx) {
    const { services, caller, language } = ctx.state;
    const form = await readForm(ctx.req);
    if (form instanceof Refusal) {
      return page({ ...await shown(ctx), problem: problemOf(form, language) }, refusedPage(form));
    }
    if (form.get("action") === "reasons") {
      const typed = typedReasons(form);
      const { reasons, names } = readReasons(typed);
      const done = reasons instanceof Refusal ? reasons : await services.sanctionReasons.set(caller, reasons);
      if (!(done instanceof Refusal)) return seeOther("/admin/sanctions?notice=reasons");
      const problem = problemOf(done, language, names);
      return page({ ...await shown(ctx, { reasons: typed }), problem }, refusedPage(done));
    }
    const typed = typedRules(form);
    const { rules, names } = readRules(typed);
    const done = rules instanceof Refusal ? rules : await services.autoRules.set(caller, rules);
    if (!(done instanceof Refusal)) return seeOther("/admin/sanctions?notice=rules");
    const problem = problemOf(done, language, names);
    return page({ ...await shown(ctx, { rules: typed }), problem }, refusedPage(done));
  },
});

async function shown(
  { state: { services, caller } }: Context<PersonState>,
  typed: { reasons?: TypedReason[]; rules?: TypedRule[] } = {},
) {
  const [reasons, rules] = await Promise.all([
    services.sanctionReasons.list(caller),
    services.autoRules.list(caller),
  ]);
  if (reasons instanceof Refusal) throw noPage(reasons);
  if (rules instanceof Refusal) throw noPage(rules);
  return {
    reasons: typed.reasons ?? reasonRows(reasons.reasons),
    rules: typed.rules ?? ruleRows(rules.rules),
  };
}

export default definePerson.page<typeof handler>(function SanctionRules({ data, url }) {
  const words = useWords("sanctionRules");
  const notice = url.searchParams.get("notice");
  const errors = data.problem?.fields ?? {};
  return (
    <>
      <PageHead
        title={words.title}
        notice={notice === "reasons" ? words.reasonsSaved : notice === "rules" ? words.rulesSaved : undefined}
        problem={data.problem}
      />
      <section class="panel" aria-labelledby="rules">
        <h2 id="rules">{words.rules}</h2>
        <p>{words.rulesLead}</p>
        <RuleForm rows={data.rules} errors={errors} />
      </section>
      <section class="panel" aria-labelledby="reasons">
        <h2 id="reasons">{words.reasons}</h2>
        <p>{words.reasonsLead}</p>
        <ReasonForm rows={data.reasons} errors={errors} />
      </section>
    </>
  );
});
