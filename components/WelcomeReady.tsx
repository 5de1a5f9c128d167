import { PageHead } from "./PageHead.tsx";
import { toRoot } from "../lib/text/commands.ts";
import { reachSentence, type ReachTable } from "../lib/text/reach.ts";
import { type SampleAnswer, WelcomeSample } from "./WelcomeSample.tsx";
import { Filled, useLanguage, useWords } from "./words.tsx";

interface WelcomeReadyProps {
  path: string;
  /** What can reach the person now, by source. */
  reach: readonly { from: "contact" | "stranger" | "everyone"; table: ReachTable }[];
  answer: SampleAnswer | null;
}

/** The end of the first minutes: what the choices come to, a sample to press, and the ways to all that was chosen. */
export function WelcomeReady({ path, reach, answer }: WelcomeReadyProps) {
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
      <Reach reach={reach} />
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

/** The wish in sentences, as `decide()` would carry it out now. */
function Reach({ reach }: Pick<WelcomeReadyProps, "reach">) {
  const words = useWords("welcome");
  const names = useWords("reach");
  const language = useLanguage();
  return (
    <section class="panel" aria-labelledby="reach-title">
      <h2 id="reach-title">{words.reachTitle}</h2>
      <dl class="known">
        {reach.map(({ from, table }) => (
          <div key={from}>
            <dt>{names[from]}</dt>
            <dd class="private">{reachSentence(names, language, table)}</dd>
          </div>
        ))}
      </dl>
      <p>
        <a href="/preferences/reach">{words.reachLink}</a>
      </p>
    </section>
  );
}
