import { type Context, page } from "fresh";
import { sizeText } from "../../../components/file_text.ts";
import { Notice, ProblemNotice } from "../../../components/Notice.tsx";
import { Pages } from "../../../components/Pages.tsx";
import Uploads from "../../../islands/Uploads.tsx";
import { define, type State } from "../../../lib/define.ts";
import { filled, type FormProblem, problemOf, readForm, refusedPage, seeOther } from "../../../lib/forms.ts";
import { callerOf } from "../../../lib/page_caller.ts";
import { checked, fileQuery, id as fileId, limits, Refusal } from "../../../lib/protocol/mod.ts";
import { readUpload } from "../../../lib/rest_upload.ts";

export const handler = define.handlers({
  GET: async (ctx) => page({ ...await own(ctx), problem: null, error: null }),
  async POST(ctx) {
    // A file comes as multipart, as no other form here does.
    const multipart = ctx.req.headers.get("content-type")?.startsWith("multipart/form-data") ?? false;
    if (!multipart) return await change(ctx);
    const file = await readUpload(ctx, callerOf(ctx.state));
    if (!(file instanceof Refusal)) return seeOther("/files?notice=uploaded");
    const problem = { message: "It was not uploaded.", fields: {} };
    return page({ ...await own(ctx), problem, error: problemOf(file).message }, refusedPage(file));
  },
});

async function change(ctx: Context<State>) {
  const form = await readForm(ctx.req);
  const done = form instanceof Refusal ? form : await removed(ctx, form);
  if (done === true) return seeOther("/files?notice=removed");
  return page({ ...await own(ctx), problem: problemOf(done), error: null }, refusedPage(done));
}

async function removed(ctx: Context<State>, form: URLSearchParams): Promise<true | Refusal> {
  if (form.get("action") !== "remove") {
    return new Refusal("invalid_params", "Choose a file, or what to do with one.");
  }
  const id = checked(fileId, filled(form, "id") ?? "", "id");
  if (id instanceof Refusal) return new Refusal("not_found", "There is no such file of yours.");
  return await ctx.state.services.files.remove(callerOf(ctx.state), id);
}

async function own(ctx: Context<State>) {
  const { files, config } = ctx.state.services;
  const caller = callerOf(ctx.state);
  const before = ctx.url.searchParams.get("before");
  const query = checked(fileQuery, before === null ? {} : { before });
  const [list, usage] = await Promise.all([
    query instanceof Refusal ? query : files.list(caller, query),
    files.usage(caller),
  ]);
  const unread: FormProblem | null = list instanceof Refusal ? problemOf(list) : null;
  return {
    ...(list instanceof Refusal ? { files: [], next: null } : list),
    usage,
    unread,
    newest: before === null,
    maxBytes: config.uploadMaxBytes,
    retentionDays: config.retentionDays,
  };
}

/** Only these words, never text from the address. */
const notices = new Map([
  ["uploaded", "Uploaded. It is being checked now; reload the page to see how it stands."],
  ["removed", "Deleted."],
]);

export default define.page<typeof handler>(function Files({ data, url }) {
  const { usage, newest, problem, error } = data;
  const notice = problem === null ? notices.get(url.searchParams.get("notice") ?? "") : undefined;
  return (
    <>
      <div class="page-head">
        <h1>Files</h1>
        <p class="lead">
          What you send with commands, or hand in. Nobody gets a file, you neither, before it has passed the
          checks.
        </p>
      </div>
      {notice === undefined ? null : <Notice>{notice}</Notice>}
      <ProblemNotice problem={data.unread ?? problem} />
      <p class="quota">
        <meter
          min={0}
          max={usage.quota}
          low={usage.quota * 0.8}
          high={usage.quota * 0.95}
          optimum={0}
          value={usage.used}
          aria-label="Space that your files take"
        />
        <span class="soft small">{sizeText(usage.used)} of {sizeText(usage.quota)} used</span>
      </p>
      <Uploads
        files={data.files}
        newest={newest}
        maxBytes={data.maxBytes}
        unusedMs={limits.fileUnusedMs}
        retentionDays={data.retentionDays}
        error={error}
      />
      <Pages
        newest={newest ? null : "/files"}
        older={data.next === null ? null : `/files?before=${data.next}`}
      />
    </>
  );
});
