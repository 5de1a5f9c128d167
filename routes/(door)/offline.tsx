import { page } from "fresh";
import { Brand } from "../../components/Brand.tsx";
import { PageHead } from "../../components/PageHead.tsx";
import { Title } from "../../components/Title.tsx";
import { useWords } from "../../components/words.tsx";
import { Bar } from "../../islands/Overlays.tsx";
import { Kept, KeptInbox } from "../../islands/Kept.tsx";
import { define } from "../../lib/web/define.ts";
import { languageOf, someWords } from "../../lib/words/mod.ts";

/**
 * UI-3: the page for when there is no server, as the service worker keeps it. It is the same for everybody: what a person sees in
 * it comes from their own browser.
 */
export const handler = define.handlers({
  GET(ctx) {
    const wanted = languageOf(ctx.url.searchParams.get("language") ?? "");
    if (wanted !== null) ctx.state.language = wanted;
    return page({ now: ctx.state.services.clock.now() });
  },
});

export default define.page<typeof handler>(function Offline({ data, state }) {
  const words = useWords("offline");
  return (
    <>
      <Title text={words.title} />
      <Bar
        username=""
        userId={null}
        path="/"
        stoppedSince={null}
        restriction={null}
        counts={null}
        worker={null}
        words={someWords(state.language, ["bar", "notices"])}
      >
        <Brand path="/" />
      </Bar>
      <main
        class="main main-alone"
        id="main"
        tabIndex={-1}
        data-news={words.news}
        data-refused={words.refused}
      >
        <PageHead title={words.title} lead={words.lead} />
        <KeptInbox
          now={data.now}
          words={someWords(state.language, [
            "answers",
            "commands",
            "command",
            "file",
            "upload",
            "failures",
            "offline",
            "asking",
          ])}
        />
        <Kept words={someWords(state.language, ["offline", "commands"])} />
      </main>
    </>
  );
});
