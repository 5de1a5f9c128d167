import { type Context, page } from "fresh";
import { Door } from "../../components/Door.tsx";
import { AreaField, Check, FieldError, TextField } from "../../components/Field.tsx";
import { LookForm } from "../../components/LookForm.tsx";
import { Notice, ProblemNotice } from "../../components/Notice.tsx";
import { Time } from "../../components/Time.tsx";
import { Title } from "../../components/Title.tsx";
import { Filled, useLanguage, useWords } from "../../components/words.tsx";
import RemovalFiles from "../../islands/RemovalFiles.tsx";
import { moderationLimits, Refusal, type RemovalStatus } from "../../lib/protocol/mod.ts";
import { themeOf } from "../../lib/web/browser_settings.ts";
import { define, type State } from "../../lib/web/define.ts";
import { type FormProblem, problemOf } from "../../lib/web/forms/form.ts";
import {
  noRemoval,
  readRemoval,
  removalOf,
  removalUrl,
  type TypedRemoval,
} from "../../lib/web/forms/removals.ts";
import { refusedPage, seeOther } from "../../lib/web/pages.ts";
import { origin } from "../../lib/web/session.ts";
import { someWords, type Words, wordsOf } from "../../lib/words/mod.ts";

/** MO-8: a request to remove intimate images, and what became of it. For anyone. */
export const handler = define.handlers({
  async GET(ctx) {
    const code = ctx.url.searchParams.get("code");
    if (code === null) return page({ status: null, code: "", typed: noRemoval, problem: null });
    const status = await ctx.state.services.removals.status(code);
    return status instanceof Refusal
      ? page(
        { status: null, code, typed: noRemoval, problem: problemOf(status, ctx.state.language) },
        refusedPage(status),
      )
      : page({ status, code, typed: noRemoval, problem: null });
  },
  async POST(ctx) {
    const typed = await readRemoval(ctx);
    const made = typed instanceof Refusal ? typed : await requested(ctx, typed);
    if (!(made instanceof Refusal)) {
      return seeOther(`/remove?${new URLSearchParams({ code: made.code, notice: "received" })}`);
    }
    const problem = problemIn(made, ctx.state.language);
    const shown = typed instanceof Refusal ? noRemoval : typed;
    return page({ status: null, code: "", typed: shown, problem }, refusedPage(made));
  },
});

async function requested(ctx: Context<State>, typed: TypedRemoval) {
  const body = removalOf(typed);
  return body instanceof Refusal ? body : await ctx.state.services.removals.request(origin(ctx), body);
}

/** What is missing is named in the page's own words. */
function problemIn(refusal: Refusal, language: State["language"]): FormProblem {
  const problem = problemOf(refusal, language);
  const words = wordsOf(language).removals;
  if (problem.fields.hashes !== undefined) problem.fields.hashes = words.chooseFile;
  if (problem.fields.declared !== undefined) problem.fields.declared = words.declare;
  return problem;
}

export default define.page<typeof handler>(function Remove({ data, url, req, state }) {
  const words = useWords("removals");
  const { status, code, typed, problem } = data;
  return (
    <Door
      path={url.pathname}
      title={status === null ? words.title : words.outcomeTitle}
      lead={status === null ? words.lead : undefined}
      foot={<LookForm theme={themeOf(req)} path={url.pathname + url.search} action="/login/look" />}
    >
      <Title text={status === null ? words.title : words.outcomeTitle} />
      <ProblemNotice problem={problem} />
      {status === null
        ? (
          <>
            <RequestForm typed={typed} errors={problem?.fields ?? {}} />
            <FindForm code={code} words={words} />
          </>
        )
        : (
          <Outcome
            status={status}
            code={code}
            link={removalUrl(state.site, code)}
            isNew={url.searchParams.get("notice") === "received"}
          />
        )}
    </Door>
  );
});

function RequestForm({ typed, errors }: { typed: TypedRemoval; errors: Record<string, string> }) {
  const words = useWords("removals");
  return (
    <form class="form" method="post" action="/remove" enctype="multipart/form-data">
      <RemovalFiles
        words={someWords(useLanguage(), ["removals"])}
        hashes={typed.hashes}
        most={moderationLimits.removalHashes}
        error={errors.hashes}
      />
      <TextField
        name="contact"
        label={words.contact}
        hint={words.contactHint}
        value={typed.contact}
        error={errors.contact}
        maxlength={moderationLimits.removalContact}
        required
      />
      <AreaField
        name="statement"
        label={words.statement}
        hint={words.statementHint}
        value={typed.statement}
        error={errors.statement}
      />
      <div class="field">
        <Check name="declared" label={words.declared} checked={typed.declared} required />
        <FieldError name="declared" error={errors.declared} />
      </div>
      <button type="submit" class="button button-main">{words.send}</button>
      <p class="hint">{words.promise} {words.limits}</p>
    </form>
  );
}

function FindForm({ code, words }: { code: string; words: Words["removals"] }) {
  return (
    <details open={code !== ""}>
      <summary>{words.find}</summary>
      <form class="form" method="get" action="/remove">
        <TextField
          name="code"
          label={words.number}
          value={code}
          autocomplete="off"
          autocapitalize="characters"
          spellcheck={false}
          required
        />
        <div>
          <button type="submit" class="button">{words.show}</button>
        </div>
      </form>
    </details>
  );
}

interface OutcomeProps {
  status: RemovalStatus;
  code: string;
  link: string;
  isNew: boolean;
}

function Outcome({ status, code, link, isNew }: OutcomeProps) {
  const words = useWords("removals");
  const { state, dueAt, decidedAt, answer } = status;
  return (
    <>
      {isNew ? <Notice>{words.received}</Notice> : null}
      <p>
        {state === "open"
          ? <Filled text={words.open} time={<Time value={dueAt} />} />
          : <Filled text={words[state]} time={<Time value={decidedAt ?? dueAt} />} />}
      </p>
      {answer === null ? null : (
        <div class="stack-s">
          <h2>{words.answer}</h2>
          <blockquote class="body">{answer}</blockquote>
        </div>
      )}
      <dl class="facts">
        <dt>{words.number}</dt>
        <dd>
          <code>{code}</code>
        </dd>
        <dt>{words.link}</dt>
        <dd>
          <a class="break" href={link}>{link}</a>
        </dd>
      </dl>
      <p class="door-foot">
        <a href="/remove">{words.another}</a>
      </p>
    </>
  );
}
