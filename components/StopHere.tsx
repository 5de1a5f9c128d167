import { useWords } from "./words.tsx";

/** Stop on the pages that stand outside of the frame and may not know who looks at them. Works without scripts. */
export function StopHere() {
  const words = useWords("door");
  return (
    <form class="stack-s" method="post" action="/stop">
      <p>
        <button type="submit" class="button button-stop" aria-describedby="stop-here">{words.stop}</button>
      </p>
      <p class="soft small" id="stop-here">{words.stopHere}</p>
    </form>
  );
}
