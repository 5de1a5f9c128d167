import { page } from "fresh";
import { BlobCard } from "../../../../components/BlobCard.tsx";
import { Empty, Notice, ProblemNotice } from "../../../../components/Notice.tsx";
import { Pages, pathWith } from "../../../../components/Pages.tsx";
import { toRoot } from "../../../../components/page_text.ts";
import { Tabs } from "../../../../components/Tabs.tsx";
import { define } from "../../../../lib/define.ts";
import { problemOf } from "../../../../lib/forms.ts";
import { callerOf } from "../../../../lib/page_caller.ts";
import { adminFileQuery, checked, Refusal } from "../../../../lib/protocol/mod.ts";

export const handler = define.handlers({
  async GET(ctx) {
    const asked = ctx.url.searchParams;
    const after = asked.get("after");
    const query = checked(adminFileQuery, {
      state: asked.get("state") ?? "held",
      ...after === null ? {} : { after },
    });
    const list = query instanceof Refusal
      ? query
      : await ctx.state.services.adminFiles.list(callerOf(ctx.state), query);
    const state = query instanceof Refusal ? "held" as const : query.state ?? "held" as const;
    const view = { state, first: after === null };
    return list instanceof Refusal
      ? page({ ...view, files: [], next: null, problem: problemOf(list) })
      : page({ ...view, ...list, problem: null });
  },
});

const tabs = [["held", "Held"], ["scanning", "Being checked"], ["rejected", "Rejected"]] as const;

const empties = {
  held: {
    title: "Nothing is held",
    text: "What the scanners cannot finish waits here for them, or for you.",
  },
  scanning: {
    title: "Nothing is being checked",
    text: "New uploads are here until the scanners have answered.",
  },
  rejected: {
    title: "Nothing was rejected",
    text: "What did not pass the checks stays listed here until it goes.",
  },
} as const;

/** Only these words, never text from the address. */
const notices = new Map([
  ["released", "Released. What waited for it goes out now."],
  ["rejected", "Rejected. It goes to nobody, and the same bytes are refused from now on."],
]);

export default define.page<typeof handler>(function AdminFiles({ data, url }) {
  const { state, files } = data;
  const notice = notices.get(url.searchParams.get("notice") ?? "");
  // Relative: Fresh marks a link as current by its path alone, and here only the query differs.
  const here = (query: Record<string, string | null>) =>
    pathWith(`${toRoot(url.pathname)}admin/files`, { state, ...query });
  return (
    <>
      <div class="page-head">
        <h1>Files and quarantine</h1>
        <p class="lead">
          What files are, what the scanners said and whose they are. Their content is shown to nobody here.
        </p>
      </div>
      {notice === undefined ? null : <Notice>{notice}</Notice>}
      <ProblemNotice problem={data.problem} />
      <Tabs
        label="State"
        tabs={tabs.map(([value, name]) => ({ name, href: here({ state: value }), here: value === state }))}
      />
      {files.length === 0
        ? (
          <Empty title={empties[state].title}>
            <p>{empties[state].text}</p>
          </Empty>
        )
        : files.map((file) => <BlobCard key={file.sha256} file={file} linked />)}
      <Pages
        newest={data.first ? null : here({})}
        older={data.next === null ? null : here({ after: data.next })}
        words={["First", "More"]}
      />
    </>
  );
});
