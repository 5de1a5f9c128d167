import { HttpError, page } from "fresh";
import { DiscreetProvider } from "../components/Discreet.tsx";
import { Door } from "../components/Door.tsx";
import { StopHere } from "../components/StopHere.tsx";
import { Title } from "../components/Title.tsx";
import { useWords, WordsProvider } from "../components/words.tsx";
import { define } from "../lib/web/define.ts";
import { WrongMethod } from "../lib/web/methods.ts";
import { discreetTitle } from "../lib/web/browser_settings.ts";
import { acceptedLanguage, someWords } from "../lib/words/mod.ts";

/** The words of a status; what was thrown is for the log and never for the page. */
function useErrorWords(error: unknown): { title: string; lead: string } {
  const words = useWords("door");
  const status = error instanceof HttpError ? error.status : 500;
  switch (status) {
    case 403:
      return { title: words.error403, lead: words.error403Lead };
    case 404:
      return { title: words.error404, lead: words.error404Lead };
    case 405:
      return { title: words.error405, lead: words.error405Lead };
    case 413:
      return { title: words.error413, lead: words.error413Lead };
    case 429:
      return { title: words.error429, lead: words.error429Lead };
    default:
      return status < 500
        ? { title: words.error4xx, lead: words.error4xxLead }
        : { title: words.error5xx, lead: words.error5xxLead };
  }
}

/** Not inside the frame of the page that failed: it stands for itself, and looks the same for a page that never was. */
export const config = { skipInheritedLayouts: true };

/** The status is that of what was thrown. */
export const handler = define.handlers(({ error }) =>
  page(undefined, { headers: error instanceof WrongMethod ? { allow: error.allow } : {} })
);

export default define.page(function ErrorPage({ error, state, req, url }) {
  // It may have failed before anything was known of who asks.
  const language = state.language ?? acceptedLanguage(req.headers.get("accept-language"));
  return (
    <WordsProvider words={someWords(language, ["door"])}>
      <DiscreetProvider title={discreetTitle(req, language)}>
        <ErrorDoor error={error} path={url.pathname} requestId={state.requestId} />
      </DiscreetProvider>
    </WordsProvider>
  );
});

function ErrorDoor({ error, path, requestId }: { error: unknown; path: string; requestId?: string }) {
  const words = useWords("door");
  const { title, lead } = useErrorWords(error);
  return (
    <Door path={path} title={title} lead={lead}>
      <Title text={title} />
      {requestId
        ? (
          <p class="soft small">
            {words.askForHelp} <code>{requestId}</code>
          </p>
        )
        : null}
      <p>
        <a class="button" href="/">{words.toInbox}</a>
      </p>
      <StopHere />
    </Door>
  );
}
