import { type Context, page } from "fresh";
import { PageHead } from "../../../components/PageHead.tsx";
import { sizeText } from "../../../lib/text/mod.ts";
import { Pages } from "../../../components/Pages.tsx";
import { useWords } from "../../../components/words.tsx";
import Uploads from "../../../islands/Uploads.tsx";
import { definePerson, type PersonState } from "../../../lib/web/define.ts";
import { filled, type FormProblem, problemOf, readForm } from "../../../lib/web/forms/form.ts";
import { refusedPage, seeOther } from "../../../lib/web/pages.ts";
import { checked, fileQuery, id as fileId, limits, Refusal } from "../../../lib/protocol/mod.ts";
import { someWords, wordsOf } from "../../../lib/words/mod.ts";
import { fill } from "../../../lib/words/shape.ts";
import { readUpload } from "../../../lib/web/files/upload.ts";

export const handler = definePerson.handlers({
  GET: async (ctx) => page({ ...await own(ctx), problem: null, error: null }),
  async POST(ctx) {
    // A file comes as multipart, as no other form here does.
    const multipart = ctx.req.headers.get("content-type")?.startsWith("multipart/form-data") ?? false;
    if (!multipart) return await change(ctx);
    const file = await readUpload(ctx, ctx.state.caller);
    if (!(file instanceof Refusal)) return seeOther("/files?notice=uploaded");
    const problem = { message: wordsOf(ctx.state.language).files.notUploaded, fields: {} };
    return page(
      { ...await own(ctx), problem, error: problemOf(file, ctx.state.language).message },
      refusedPage(file),
    );
  },
});

async function change(ctx: Context<PersonState>) {
  const form = await readForm(ctx.req);
  const done = form instanceof Refusal ? form : await removed(ctx, form);
  if (done === true) return seeOther("/files?notice=removed");
  return page(
    { ...await own(ctx), problem: problemOf(done, ctx.state.language), error: null },
    refusedPage(done),
  );
}

async function removed(ctx: Context<PersonState>, form: URLSearchParams): Promise<true | Refusal> {
  if (form.get("action") !== "remove") {
    return new Refusal("invalid_params", "file.chooseAction");
  }
  const id = checked(fileId, filled(form, "id") ?? "", "id");
  if (id instanceof Refusal) return new Refusal("not_found", "file.notYours");
  return await ctx.state.services.files.remove(ctx.state.caller, id);
}

async function own(ctx: Context<PersonState>) {
  const { files, config } = ctx.state.services;
  const caller = ctx.state.caller;
  const before = ctx.url.searchParams.get("before");
  const query = checked(fileQuery, before === null ? {} : { before });
  const [list, usage] = await Promise.all([
    query instanceof Refusal ? query : files.list(caller, query),
    files.usage(caller),
  ]);
  const unread: FormProblem | null = list instanceof Refusal ? problemOf(list, ctx.state.language) : null;
  return {
    ...(list instanceof Refusal ? { files: [], next: null } : list),
    usage,
    unread,
    newest: before === null,
    maxBytes: config.uploadMaxBytes,
    retentionDays: config.retentionDays,
  };
}

export default definePerson.page<typeof handler>(function Files({ data, url, state }) {
  const { usage, newest, problem, error } = data;
  const words = useWords("files");
  const fileSection = useWords("file");
  // Only these words, never text from the address.
  const notices = new Map([["uploaded", words.uploaded], ["removed", words.removed]]);
  const notice = problem === null ? notices.get(url.searchParams.get("notice") ?? "") : undefined;
  return (
    <>
      <PageHead title={words.title} lead={words.lead} notice={notice} problem={data.unread ?? problem} />
      <p class="quota">
        <meter
          min={0}
          max={usage.quota}
          low={usage.quota * 0.8}
          high={usage.quota * 0.95}
          optimum={0}
          value={usage.used}
          aria-label={words.space}
        />
        <span class="soft small">
          {fill(words.used, {
            used: sizeText(fileSection, state.language, usage.used),
            quota: sizeText(fileSection, state.language, usage.quota),
          })}
        </span>
      </p>
      <Uploads
        files={data.files}
        newest={newest}
        maxBytes={data.maxBytes}
        unusedMs={limits.fileUnusedMs}
        retentionDays={data.retentionDays}
        error={error}
        words={someWords(state.language, ["files", "file", "upload"])}
      />
      <Pages
        newest={newest ? null : "/files"}
        older={data.next === null ? null : `/files?before=${data.next}`}
      />
    </>
  );
});
