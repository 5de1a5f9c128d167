import { PageHead } from "./PageHead.tsx";
import { toRoot } from "../lib/text/commands.ts";
import { type SampleAnswer, WelcomeSample } from "./WelcomeSample.tsx";
import { Filled, useWords } from "./words.tsx";

/** The end of the first minutes: a sample to press, and the ways to all that was chosen. */
export function WelcomeReady({ path, answer }: { path: string; answer: SampleAnswer | null }) {
  const words = useWords("welcome");
  const places = [
    ["/preferences", words.preferences, words.preferencesHint],
    ["/contacts", words.contacts, words.contactsHint],
    ["/profile", words.profile, words.profileHint],
    ["/keys", words.keys, words.keysHint],
  ] as const;
  return (
    <>
      <PageHead title={words.sampleTitle} lead={words.sampleLead} />
      <WelcomeSample answer={answer} />
      <section class="panel" aria-labelledby="stop-title">
        <h2 id="stop-title">{words.stopTitle}</h2>
        <p>
          <Filled text={words.stop} keys={<kbd>{words.stopKeys}</kbd>} />
        </p>
      </section>
      <section class="panel" aria-labelledby="places-title">
        <h2 id="places-title">{words.placesTitle}</h2>
        <ul class="people">
          {places.map(([path, name, hint]) => (
            <li key={path}>
              <span class="name">
                <a href={path}>{name}</a>
                <span class="soft small">{hint}</span>
              </span>
            </li>
          ))}
        </ul>
      </section>
      <p>
        <a class="button button-main" href={toRoot(path)}>{words.finish}</a>
      </p>
    </>
  );
}
