import { Time } from "./Time.tsx";
import { Filled, useWords } from "./words.tsx";

interface SsoLinkProps {
  issuer: string;
  /** RFC 3339; null without a link. */
  linkedAt: string | null;
  /** What waits to be confirmed, and what the person is called there. */
  offer: { state: string; name: string } | null;
}

/** AU-12: the person's link with the issuer, and the question before a new one. */
export function SsoLink({ issuer, linkedAt, offer }: SsoLinkProps) {
  const words = useWords("sso");
  return (
    <section class="panel" aria-labelledby="sso">
      <h2 id="sso">
        <Filled text={words.link} issuer={issuer} />
      </h2>
      {linkedAt !== null
        ? (
          <form class="form" method="post" action="/two-factor">
            <p>
              <Filled text={words.linkedSince} time={<Time value={linkedAt} />} />
            </p>
            <div>
              <button type="submit" class="button" name="action" value="sso-unlink">{words.unlink}</button>
            </div>
          </form>
        )
        : offer !== null
        ? (
          <form class="form" method="post" action="/two-factor">
            <p>
              <Filled text={words.offered} issuer={issuer} name={<strong>{offer.name}</strong>} />
            </p>
            <input type="hidden" name="state" value={offer.state} />
            <div class="row">
              <button type="submit" class="button button-main" name="action" value="sso-link">
                {words.confirm}
              </button>
              <a class="button button-quiet" href="/two-factor">{words.leave}</a>
            </div>
          </form>
        )
        : (
          <>
            <p>{words.linkLead}</p>
            <p>
              <a class="button" href="/login/sso/begin?for=link">{words.linkDo}</a>
            </p>
          </>
        )}
    </section>
  );
}
