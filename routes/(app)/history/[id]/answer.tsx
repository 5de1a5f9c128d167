import { type Context, HttpError, page } from "fresh";
import { AnswerFields } from "../../../../components/AnswerFields.tsx";
import { CommandBody } from "../../../../components/CommandCard.tsx";
import { AreaField } from "../../../../components/Field.tsx";
import { Notice } from "../../../../components/Notice.tsx";
import { PageHead } from "../../../../components/PageHead.tsx";
import { PersonName } from "../../../../components/PersonName.tsx";
import { RichText } from "../../../../components/RichText.tsx";
import { useLanguage, useWords } from "../../../../components/words.tsx";
import Attach from "../../../../islands/Attach.tsx";
import {
  asksOf,
  checked,
  type Command,
  isOpen,
  limits,
  methods,
  Refusal,
  type Requirement,
} from "../../../../lib/protocol/mod.ts";
import { kindTitle, requirementText } from "../../../../lib/text/mod.ts";
import { definePerson, type PersonState } from "../../../../lib/web/define.ts";
import { answerIn, answerProblem, typedAnswer } from "../../../../lib/web/forms/answers.ts";
import { absentFiles, attachChoice } from "../../../../lib/web/forms/attachments.ts";
import { filled, type FormProblem, readForm } from "../../../../lib/web/forms/form.ts";
import { noPage, refusedPage, seeOther } from "../../../../lib/web/pages.ts";
import { fill, someWords } from "../../../../lib/words/mod.ts";

/** The form as it was typed, by its fields, and what was wrong with it. */
interface View {
  typed: Record<string, string[]>;
  problem: FormProblem | null;
}

export const handler = definePerson.handlers({
  GET: async (ctx) => page(await view(ctx, { typed: {}, problem: null })),
  async POST(ctx) {
    const { command, asks } = await asked(ctx);
    const form = await readForm(ctx.req);
    if (form instanceof Refusal) return await refused(ctx, form, { typed: {}, asks });
    const typed = typedAnswer(form);
    const answer = answerIn(form, asks);
    const note = filled(form, "note");
    const proof = form.getAll("proof");
    const params = checked(methods["command.update"].params, {
      id: command.id,
      state: isChecked(command.requires) ? "submitted" : "completed",
      ...(answer === undefined ? {} : { answer }),
      ...(note === undefined ? {} : { note }),
      ...(proof.length === 0 ? {} : { proof }),
    });
    const { commands } = ctx.state.services;
    const done = params instanceof Refusal ? params : await commands.update(ctx.state.caller, params);
    if (done instanceof Refusal) return await refused(ctx, done, { typed, asks });
    return seeOther(`/history/${command.id}`);
  },
});

/** What a sender looks at is submitted, and everything else done. */
function isChecked(requires: Requirement): boolean {
  return requires === "proof" || requires === "review";
}

/** A command of the caller that asks for an answer; there is no such page for another. */
async function asked(ctx: Context<PersonState>) {
  const params = checked(methods["command.get"].params, { id: ctx.params.id ?? "" });
  if (params instanceof Refusal) throw noPage(params);
  const detail = await ctx.state.services.commands.get(ctx.state.caller, params);
  if (detail instanceof Refusal) throw noPage(detail);
  const { command, state } = detail;
  const asks = "sealed" in command ? null : asksOf(command);
  if (asks === null || state === undefined) throw new HttpError(404);
  return { command: command as Command, state, asks };
}

async function view(ctx: Context<PersonState>, { typed, problem }: View) {
  const { command, state, asks } = await asked(ctx);
  const [absent, own] = await Promise.all([
    absentFiles(ctx, [{ command }]),
    attachChoice(ctx, typed.proof ?? []),
  ]);
  return { command, state, asks, absent, own, typed, problem };
}

async function refused(
  ctx: Context<PersonState>,
  refusal: Refusal,
  { typed, asks }: { typed: View["typed"]; asks: Parameters<typeof answerProblem>[1] },
) {
  const problem = answerProblem(refusal, asks, ctx.state.language);
  return page(await view(ctx, { typed, problem }), refusedPage(refusal));
}

export default definePerson.page<typeof handler>(function Answer({ data }) {
  const { command, state, asks, typed, problem } = data;
  const words = useWords("asking");
  const own = useWords("command");
  const commands = useWords("commands");
  const language = useLanguage();
  const requirement = requirementText(own, command.requires);
  const title = command.title || kindTitle(commands, command.kind);
  return (
    <>
      <PageHead
        title={<span class="private">{title}</span>}
        up={{ href: `/history/${command.id}`, name: useWords("history").theCommand }}
        problem={problem}
      />
      <article class="card" aria-label={commands[asks.kind]}>
        <p class="card-head">
          <PersonName {...command.from} />
        </p>
        <CommandBody command={command} absent={data.absent}>
          {command.body === null ? null : <RichText text={command.body} />}
        </CommandBody>
        {requirement === null ? null : <p class="soft small">{requirement}</p>}
        {!isOpen(state.state)
          ? <Notice>{words.over}</Notice>
          : (
            <form class="form" method="post" action={`/history/${command.id}/answer`}>
              <AnswerFields asks={asks} typed={typed} errors={problem?.fields ?? {}} />
              {isChecked(command.requires)
                ? (
                  <>
                    <AreaField
                      name="note"
                      label={own.note}
                      hint={words.optional}
                      error={problem?.fields.note}
                      value={typed.note?.[0] ?? ""}
                      rows={3}
                    />
                    <Attach
                      {...data.own}
                      name="proof"
                      id="proof"
                      legend={own.proofFiles}
                      hint={fill(own.proofFilesHint, { count: limits.proofFiles })}
                      most={limits.proofFiles}
                      error={problem?.fields.proof}
                      words={someWords(language, ["file", "upload"])}
                    />
                  </>
                )
                : null}
              <div class="row">
                <button type="submit" class="button button-main">
                  {state.state === "returned" ? words.again : words.send}
                </button>
              </div>
            </form>
          )}
      </article>
    </>
  );
});
