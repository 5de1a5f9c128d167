import { type Context, HttpError, page } from "fresh";
import { PageHead } from "../../../../components/PageHead.tsx";
import { BlobCard, DecisionForm } from "../../../../components/BlobCard.tsx";
import { useWords } from "../../../../components/words.tsx";
import { definePerson, type PersonState } from "../../../../lib/web/define.ts";
import { type FormProblem, problemOf, readForm } from "../../../../lib/web/forms/form.ts";
import { noPage, refusedPage, seeOther } from "../../../../lib/web/pages.ts";
import {
  type AdminFile,
  checked,
  type FileDecision,
  fileDecision,
  Refusal,
  sha256,
} from "../../../../lib/protocol/mod.ts";
import { wordsOf } from "../../../../lib/words/mod.ts";

export const handler = definePerson.handlers({
  GET: async (ctx) => page({ file: await blob(ctx), reason: "", problem: null }),
  async POST(ctx) {
    const { language } = ctx.state;
    const form = await readForm(ctx.req);
    if (form instanceof Refusal) return await refused(ctx, form, problemOf(form, language), "");
    const typed = form.get("reason")?.trim() ?? "";
    const decision = decisionOf(form, typed);
    if (decision instanceof Refusal) {
      const problem = problemOf(decision, language);
      if (typed === "") problem.fields.reason = wordsOf(language).moderation.reasonMissing;
      return await refused(ctx, decision, problem, typed);
    }
    const done = await ctx.state.services.adminFiles.decide(ctx.state.caller, hashIn(ctx), decision);
    if (done instanceof Refusal) return await refused(ctx, done, problemOf(done, language), typed);
    return seeOther(`/admin/files?notice=${noticeFor(decision)}`);
  },
});

function noticeFor({ release, falseAlarm }: FileDecision): string {
  if (falseAlarm) return "false_alarm";
  return release ? "released" : "rejected";
}

/** What the form says; what is neither a release nor a rejection decides nothing. */
function decisionOf(form: URLSearchParams, reason: string) {
  const word = form.get("decision");
  if (word !== "release" && word !== "reject" && word !== "false_alarm") {
    return new Refusal("invalid_params", "file.decide");
  }
  if (form.get("confirm") !== "yes") {
    return new Refusal("invalid_params", "form.unconfirmed", {
      fields: { confirm: "field.scanResults" },
    });
  }
  const falseAlarm = word === "false_alarm";
  return checked(fileDecision, {
    release: word !== "reject",
    reason,
    ...(falseAlarm ? { falseAlarm } : {}),
  });
}

async function refused(ctx: Context<PersonState>, refusal: Refusal, problem: FormProblem, reason: string) {
  return page({ file: await blob(ctx), reason, problem }, refusedPage(refusal));
}

function hashIn(ctx: Context<PersonState>): string {
  const hash = sha256.safeParse(ctx.params.sha256);
  if (!hash.success) throw new HttpError(404);
  return hash.data;
}

async function blob(ctx: Context<PersonState>) {
  const file = await ctx.state.services.adminFiles.get(ctx.state.caller, hashIn(ctx));
  if (file instanceof Refusal) throw noPage(file);
  return file;
}

/** SC-9: what is on a list of abuse or of intimate images is no false alarm of a scanner. */
function isReleasable({ quarantinedUntil, verdicts }: AdminFile): boolean {
  return quarantinedUntil !== null &&
    !verdicts.some(({ verdict }) => verdict === "match" || verdict === "ncii");
}

export default definePerson.page<typeof handler>(function AdminFilePage({ data: { file, reason, problem } }) {
  const words = useWords("moderation");
  return (
    <>
      <PageHead
        title={words.one}
        up={{ href: `/admin/files?state=${file.state === "clean" ? "held" : file.state}`, name: words.title }}
        problem={problem}
      />
      <BlobCard file={file} linked={false} />
      {file.state === "held" || isReleasable(file)
        ? <DecisionForm file={file} reason={reason} errors={problem?.fields ?? {}} />
        : null}
    </>
  );
});
