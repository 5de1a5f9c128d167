import { page } from "fresh";
import { PageHead } from "../../../../components/PageHead.tsx";
import { BlobCard } from "../../../../components/BlobCard.tsx";
import { Empty } from "../../../../components/Notice.tsx";
import { Pages, pathWith } from "../../../../components/Pages.tsx";
import { toRoot } from "../../../../lib/text/mod.ts";
import { Tabs } from "../../../../components/Tabs.tsx";
import { useWords } from "../../../../components/words.tsx";
import { definePerson } from "../../../../lib/web/define.ts";
import { problemOf } from "../../../../lib/web/forms/form.ts";
import { adminFileQuery, checked, Refusal } from "../../../../lib/protocol/mod.ts";
import type { Words } from "../../../../lib/words/mod.ts";

export const handler = definePerson.handlers({
  async GET(ctx) {
    const asked = ctx.url.searchParams;
    const after = asked.get("after");
    const query = checked(adminFileQuery, {
      state: asked.get("state") ?? "held",
      ...after === null ? {} : { after },
    });
    const list = query instanceof Refusal
      ? query
      : await ctx.state.services.adminFiles.list(ctx.state.caller, query);
    const state = query instanceof Refusal ? "held" as const : query.state ?? "held" as const;
    const view = { state, first: after === null };
    return list instanceof Refusal
      ? page({ ...view, files: [], next: null, problem: problemOf(list, ctx.state.language) })
      : page({ ...view, ...list, problem: null });
  },
});

type Shown = "held" | "scanning" | "rejected";

/** The parts of the list, each with what it says when nothing is in it. */
function partsOf(words: Words["moderation"]) {
  return {
    held: { name: words.held, title: words.heldNoneTitle, text: words.heldNone },
    scanning: { name: words.scanning, title: words.scanningNoneTitle, text: words.scanningNone },
    rejected: { name: words.rejected, title: words.rejectedNoneTitle, text: words.rejectedNone },
  } satisfies Record<Shown, { name: string; title: string; text: string }>;
}

/** Only these words, never text from the address. */
function noticeOf(words: Words["moderation"], notice: string | null): string | undefined {
  if (notice === "false_alarm") return words.doneFalseAlarm;
  return notice === "released" ? words.doneReleased : notice === "rejected" ? words.doneRejected : undefined;
}

export default definePerson.page<typeof handler>(function AdminFiles({ data, url }) {
  const { state, files } = data;
  const words = useWords("moderation");
  const lists = useWords("lists");
  const parts = partsOf(words);
  const notice = noticeOf(words, url.searchParams.get("notice"));
  // Relative: Fresh marks a link as current by its path alone, and here only the query differs.
  const here = (query: Record<string, string | null>) =>
    pathWith(`${toRoot(url.pathname)}admin/files`, { state, ...query });
  return (
    <>
      <PageHead title={words.title} lead={words.lead} notice={notice} problem={data.problem} />
      <Tabs
        label={lists.state}
        tabs={Object.entries(parts).map(([value, { name }]) => ({
          name,
          href: here({ state: value }),
          here: value === state,
        }))}
      />
      {files.length === 0
        ? (
          <Empty title={parts[state].title}>
            <p>{parts[state].text}</p>
          </Empty>
        )
        : files.map((file) => <BlobCard key={file.sha256} file={file} linked />)}
      <Pages
        newest={data.first ? null : here({})}
        older={data.next === null ? null : here({ after: data.next })}
        words={[lists.first, lists.more]}
      />
    </>
  );
});
