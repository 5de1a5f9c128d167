import { type Context, page } from "fresh";
import { AreaField, Check, Choice } from "../../components/Field.tsx";
import { PageHead } from "../../components/PageHead.tsx";
import { Title } from "../../components/Title.tsx";
import { useWords } from "../../components/words.tsx";
import { Refusal, type ReportReason, reportReasons } from "../../lib/protocol/mod.ts";
import { reasonText } from "../../lib/text/mod.ts";
import { definePerson, type PersonState } from "../../lib/web/define.ts";
import { problemOf, readForm } from "../../lib/web/forms/form.ts";
import { aboutIn, noReport, sendReport, typedReport } from "../../lib/web/forms/reports.ts";
import { noPage, refusedPage, seeOther } from "../../lib/web/pages.ts";
import type { ReportSubject } from "../../lib/web/services.ts";
import { fill, type Words, wordsOf } from "../../lib/words/mod.ts";

/** MO-1: one form for everything that can be reported; its address says what. */
export const handler = definePerson.handlers({
  async GET(ctx) {
    const { subject } = await asked(ctx);
    return page({ subject, typed: noReport, problem: null });
  },
  async POST(ctx) {
    const { about, subject } = await asked(ctx);
    const form = await readForm(ctx.req);
    const typed = form instanceof Refusal ? noReport : typedReport(form);
    const sent = form instanceof Refusal ? form : await sendReport(ctx, about, typed);
    if (!(sent instanceof Refusal)) return seeOther("/reports?notice=sent");
    const problem = problemOf(sent, ctx.state.language);
    if (typed.reason === "" && problem.fields.reason !== undefined) {
      problem.fields.reason = wordsOf(ctx.state.language).reports.chooseOne;
    }
    return page({ subject, typed, problem }, refusedPage(sent));
  },
});

/** What is not the person's to see has no form. */
async function asked(ctx: Context<PersonState>) {
  const about = aboutIn(ctx.url);
  if (about instanceof Refusal) throw noPage(about);
  const subject = await ctx.state.services.reports.subject(ctx.state.caller, about);
  if (subject instanceof Refusal) {
    throw noPage(subject.kind === "conflict" ? new Refusal("not_found", "report.missing") : subject);
  }
  return { about, subject };
}

function leadOf(words: Words["reports"], { kind, title, username }: ReportSubject): string {
  const text = {
    user: words.ofUser,
    command: words.ofCommand,
    message: words.ofMessage,
    file: words.ofFile,
    group: words.ofGroup,
  }[kind];
  return fill(text, { title, name: username ?? "" });
}

export default definePerson.page<typeof handler>(function ReportPage({ data, url }) {
  const { subject, typed, problem } = data;
  const words = useWords("reports");
  const errors = problem?.fields ?? {};
  return (
    <>
      <Title text={words.title} />
      <PageHead title={words.title} lead={words.lead} problem={problem} />
      <form class="form panel" method="post" action={`/report${url.search}`}>
        <p>
          <strong class="private">{leadOf(words, subject)}</strong>
        </p>
        {subject.kind !== "command" || subject.files.length === 0 ? null : (
          <Choice
            name="file"
            legend={words.what}
            value={typed.file}
            options={[["", words.all], ...subject.files.map(({ fileId, name }) => [fileId, name] as const)]}
          />
        )}
        <Choice
          name="reason"
          legend={words.reason}
          error={errors.reason}
          value={typed.reason}
          options={reportReasons.map((reason: ReportReason) => [reason, reasonText(words, reason)] as const)}
        />
        <AreaField
          name="note"
          label={words.note}
          hint={words.noteHint}
          value={typed.note}
          error={errors.note}
          rows={4}
        />
        {subject.username === null ? null : (
          <Check
            name="block"
            label={fill(words.block, { name: subject.username })}
            hint={words.blockHint}
            checked={typed.block}
          />
        )}
        <div>
          <button type="submit" class="button button-main">{words.send}</button>
        </div>
      </form>
    </>
  );
});
