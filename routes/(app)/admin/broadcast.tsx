import { type Context, page } from "fresh";
import { PageHead } from "../../../components/PageHead.tsx";
import { Choice, TextField } from "../../../components/Field.tsx";
import { Preview } from "../../../components/Preview.tsx";
import { useLanguage, useWords } from "../../../components/words.tsx";
import { confirmAbove, confirmProblem } from "../../../lib/web/forms/broadcast.ts";
import { AudienceCategory, CommandSections } from "../(_parts)/CommandSections.tsx";
import { asksFields } from "../../../lib/web/forms/asking.ts";
import { shownCategories } from "../../../lib/web/categories.ts";
import { definePerson, type PersonState } from "../../../lib/web/define.ts";
import { type FormProblem, readForm } from "../../../lib/web/forms/form.ts";
import { refusedPage, seeOther, zoneOf } from "../../../lib/web/pages.ts";
import { attachChoice } from "../../../lib/web/forms/attachments.ts";
import { sentNotice } from "../../../lib/web/forms/sent.ts";
import { type AudienceCounts, checked, methods, Refusal } from "../../../lib/protocol/mod.ts";
import { fill, plural, type Words, wordsOf } from "../../../lib/words/mod.ts";
import { draftOf, emptySend, refusedSend, type TypedSend, typedSend } from "../../../lib/web/forms/send.ts";

interface View {
  typed: TypedSend;
  problem: FormProblem | null;
  /** Set once the audience was counted: then it can be sent. */
  preview: AudienceCounts | null;
}

export const handler = definePerson.handlers({
  async GET(ctx) {
    const typed = { ...emptySend(await zoneOf(ctx)), audience: "all" };
    return page(await offered(ctx, { typed, problem: null, preview: null }));
  },
  async POST(ctx) {
    const { commands } = ctx.state.services;
    const caller = ctx.state.caller;
    const form = await readForm(ctx.req);
    if (form instanceof Refusal) return await refused(ctx, form, emptySend());
    const typed = typedSend(form);
    const draft = checked(methods["command.send"].params, draftOf(form));
    if (draft instanceof Refusal) return await refused(ctx, draft, typed);
    // Counted at every step: what was shown before may not be so any more.
    const preview = await commands.preview(caller, draft);
    if (preview instanceof Refusal) return await refused(ctx, preview, typed);
    if (form.get("do") !== "send") return page(await offered(ctx, { typed, problem: null, preview }));
    const words = wordsOf(ctx.state.language).broadcast;
    const unconfirmed = confirmProblem(words, preview, form);
    if (unconfirmed !== null) {
      const problem = { message: words.unconfirmed, fields: { confirm: unconfirmed } };
      return page(await offered(ctx, { typed, problem, preview }), { status: 400 });
    }
    const sent = await commands.send(caller, draft);
    if (sent instanceof Refusal) return await refused(ctx, sent, typed);
    return seeOther(`/sent/${sent.command.id}?notice=${sentNotice(sent.command)}`);
  },
});

async function refused(ctx: Context<PersonState>, refusal: Refusal, typed: TypedSend) {
  return page(await offered(ctx, refusedSend(refusal, typed, ctx.state.language)), refusedPage(refusal));
}

async function offered(ctx: Context<PersonState>, view: View) {
  const categories = await shownCategories(ctx);
  return { ...view, categories, attach: await attachChoice(ctx, view.typed.attachments) };
}

const audiences = (words: Words["broadcast"]) =>
  [
    ["all", words.all, words.allHint],
    ["category", words.category, words.categoryHint],
  ] as const;

export default definePerson.page<typeof handler>(function Broadcast({ data }) {
  const words = useWords("broadcast");
  const { typed, problem, preview, categories } = data;
  const errors = problem?.fields ?? {};
  return (
    <>
      <PageHead title={words.title} lead={words.lead} problem={problem} />
      <form class="send-form panel compose-sheet" method="post" action="/admin/broadcast">
        <input type="hidden" name="key" value={typed.key} />
        <div class="compose-row">
          <Choice
            name="audience"
            legend={words.forWhom}
            error={errors.audience}
            value={typed.audience}
            options={audiences(words)}
          />
          <AudienceCategory
            typed={typed}
            errors={errors}
            categories={categories}
            label={words.categoryLabel}
          />
        </div>
        <CommandSections
          typed={typed}
          errors={errors}
          categories={categories}
          attach={data.attach}
        />
        <div class="savebar compose-row">
          <button
            type="submit"
            class={preview === null ? "button button-main" : "button"}
            name="do"
            value="preview"
            formaction="/admin/broadcast#preview"
          >
            {preview === null ? words.preview : words.countAgain}
          </button>
        </div>
      </form>
      {preview === null ? null : (
        <Preview counts={preview}>
          <Confirm counts={preview} typed={typed} error={errors.confirm} />
        </Preview>
      )}
    </>
  );
});

interface ConfirmProps {
  counts: AudienceCounts;
  typed: TypedSend;
  error: string | undefined;
}

/**
 * The last step, a form of its own: what goes out is what was counted, whatever was typed above since. Many people are
 * confirmed by typing how many they are.
 */
function Confirm({ counts, typed, error }: ConfirmProps) {
  const words = useWords("broadcast");
  const language = useLanguage();
  const { matched } = counts;
  if (matched === 0) return null;
  const many = matched !== "<5" && matched > confirmAbove;
  const { categories, attachments, asks, timed: _, ...fields } = typed;
  return (
    <form class="form" method="post" action="/admin/broadcast#preview">
      {Object.entries(fields).map(([name, value]) => (
        <input key={name} type="hidden" name={name} value={value} />
      ))}
      {asksFields(asks).map(([name, value]) => <input key={name} type="hidden" name={name} value={value} />)}
      {categories.map((slug) => <input key={slug} type="hidden" name="categories" value={slug} />)}
      {attachments.map((id) => <input key={id} type="hidden" name="attachments" value={id} />)}
      <input type="hidden" name="counted" value={matched} />
      {many
        ? (
          <TextField
            name="confirm"
            label={fill(words.typeNumber, { count: matched })}
            class="input-short"
            inputMode="numeric"
            error={error}
            autocomplete="off"
          />
        )
        : null}
      <div>
        <button type="submit" class="button button-main" name="do" value="send">
          {matched === "<5" ? words.sendFewer : plural(language, words.send, matched)}
        </button>
      </div>
    </form>
  );
}
