import type { ComponentChildren } from "preact";
import { countText } from "../lib/browser/counts.ts";
import { plural } from "../lib/words/shape.ts";
import { Icon } from "./Icon.tsx";
import { Time } from "./Time.tsx";
import { Filled, useLanguage, useWords } from "./words.tsx";

/** The way to the notices; on phones also the picture that opens the person's menu. */
export function Own({ face, unread }: { face: ComponentChildren; unread: number }) {
  const words = useWords("bar");
  const language = useLanguage();
  return (
    <>
      <a
        class="iconbutton"
        href="/notices"
        aria-label={unread === 0 ? words.bell : plural(language, words.bellUnread, unread)}
      >
        <Icon name="bell" />
        {unread === 0 ? null : <span class="count" aria-hidden="true">{countText(unread)}</span>}
      </a>
      <button type="button" class="iconbutton only-phone" popovertarget="me">
        <span class="visually-hidden">{words.menu}</span>
        {face}
      </button>
    </>
  );
}

/** Says that the person stopped, and is the way to go on. */
export function Stopped({ path, since, local }: { path: string; since: string | null; local: boolean }) {
  const words = useWords("bar");
  return (
    <section class="banner banner-stopped" aria-label={words.stoppedLabel} role="status">
      <div>
        <p>
          <strong>{words.stopped}</strong>
        </p>
        <p class="small">
          {since === null ? null : (
            <>
              <Filled text={words.since} time={<Time value={since} local={local} />} />
              {" "}
            </>
          )}
          {words.waits}
        </p>
      </div>
      <form method="post" action="/resume">
        <input type="hidden" name="back" value={path} />
        <label class="check">
          <input type="checkbox" name="confirm" value="yes" required />
          <span>{words.again}</span>
        </label>
        <button type="submit" class="button">{words.resume}</button>
      </form>
    </section>
  );
}
