import { page } from "fresh";
import { DiscreetProvider } from "../components/Discreet.tsx";
import { Door } from "../components/Door.tsx";
import { StopHere } from "../components/StopHere.tsx";
import { Title } from "../components/Title.tsx";
import { useWords, WordsProvider } from "../components/words.tsx";
import { define } from "../lib/web/define.ts";
import { discreetTitle } from "../lib/web/browser_settings.ts";
import { acceptedLanguage, someWords } from "../lib/words/mod.ts";

/** Not inside the frame of the page that failed: it stands for itself, and looks the same for a page that never was. */
export const config = { skipInheritedLayouts: true };

/** Fresh shows this page with 200 unless it says otherwise. For every method. */
export const handler = define.handlers(() => page(undefined, { status: 404 }));

export default define.page(function NotFound({ state, req, url }) {
  const language = state.language ?? acceptedLanguage(req.headers.get("accept-language"));
  return (
    <WordsProvider words={someWords(language, ["door"])}>
      <DiscreetProvider title={discreetTitle(req, language)}>
        <NotFoundDoor path={url.pathname} />
      </DiscreetProvider>
    </WordsProvider>
  );
});

function NotFoundDoor({ path }: { path: string }) {
  const words = useWords("door");
  return (
    <Door
      path={path}
      title={words.error404}
      lead={words.error404Lead}
    >
      <Title text={words.error404} />
      <p>
        <a class="button" href="/">{words.toInbox}</a>
      </p>
      <StopHere />
    </Door>
  );
}
