/** Stop on the pages that stand outside of the frame and may not know who looks at them. Works without scripts. */
export function StopHere() {
  return (
    <form class="stack-s" method="post" action="/stop">
      <p>
        <button type="submit" class="button button-stop" aria-describedby="stop-here">Stop</button>
      </p>
      <p class="soft small" id="stop-here">
        If you are logged in, this stops everything that is sent to you, at once. Otherwise it leads to the
        login, and Stop is on every page behind it.
      </p>
    </form>
  );
}
