import { DiscreetProvider } from "../components/Discreet.tsx";
import { TimesProvider } from "../components/Time.tsx";
import { WordsProvider } from "../components/words.tsx";
import { define } from "../lib/web/define.ts";
import { discreetTitle, timeFormatOf } from "../lib/web/browser_settings.ts";
import { allSections, someWords } from "../lib/words/mod.ts";

/** The words for everything below. Not in the document's frame, which is drawn apart from what stands in it. */
export default define.layout(function Reader({ Component, state, req }) {
  return (
    <WordsProvider words={someWords(state.language, allSections)}>
      <DiscreetProvider title={discreetTitle(req, state.language)}>
        <TimesProvider format={timeFormatOf(req, state.language)}>
          <Component />
        </TimesProvider>
      </DiscreetProvider>
    </WordsProvider>
  );
});
