import { useWords } from "./words.tsx";

const sampleAnswers = ["accepted", "done", "declined"] as const;
export type SampleAnswer = typeof sampleAnswers[number];

/** How the sample stands, by the page's address; null while it is new. */
export function sampleAnswer(asked: string | null): SampleAnswer | null {
  return sampleAnswers.find((answer) => answer === asked) ?? null;
}

/**
 * A picture of a command that can be answered. It is no command: nobody sent it, nothing keeps it, and each answer only leads
 * to this page's address with another end, so it works without scripts too.
 */
export function WelcomeSample({ answer }: { answer: SampleAnswer | null }) {
  const words = useWords("welcome");
  const said = answer === null ? null : {
    accepted: words.saidAccepted,
    done: words.saidFinished,
    declined: words.saidDeclined,
  }[answer];
  return (
    <article class="card card-sample" id="sample" aria-labelledby="sample-heading">
      <p class="card-head">
        <strong>{words.sampleFrom}</strong>
        <span class="state" data-tone="seal">{words.sample}</span>
      </p>
      <h2 id="sample-heading">{words.sampleHeading}</h2>
      <p class="body">{words.sampleBody}</p>
      <ul class="facts">
        <li>
          <SampleState answer={answer} />
        </li>
      </ul>
      <p role="status">{said}</p>
      <form class="actions" method="get" action="/welcome/ready#sample" aria-label={words.sampleRegion}>
        {answer === null
          ? (
            <>
              <button type="submit" class="button button-main" name="sample" value="accepted">
                {words.sampleAccept}
              </button>
              <button type="submit" class="button button-quiet" name="sample" value="declined">
                {words.sampleDecline}
              </button>
            </>
          )
          : answer === "accepted"
          ? (
            <>
              <button type="submit" class="button button-main" name="sample" value="done">
                {words.sampleDone}
              </button>
              <button type="submit" class="button button-quiet" name="sample" value="declined">
                {words.sampleDecline}
              </button>
            </>
          )
          : <button type="submit" class="button">{words.again}</button>}
      </form>
    </article>
  );
}

function SampleState({ answer }: { answer: SampleAnswer | null }) {
  const words = useWords("welcome");
  switch (answer) {
    case null:
      return <span class="state">{words.sampleNew}</span>;
    case "accepted":
      return <span class="state" data-tone="good">{words.sampleAccepted}</span>;
    case "done":
      return <span class="state" data-tone="good">{words.sampleFinished}</span>;
    case "declined":
      return <span class="state" data-tone="bad">{words.sampleDeclined}</span>;
    default:
      answer satisfies never;
      return null;
  }
}
