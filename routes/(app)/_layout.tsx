import { Title } from "../../components/Title.tsx";
import { toRoot } from "../../components/page_text.ts";
import Bar from "../../islands/Bar.tsx";
import { define } from "../../lib/define.ts";

const places = [
  ["/", "Inbox"],
  ["/send", "Send"],
  ["/sent", "Sent"],
  ["/contacts", "Contacts"],
  ["/preferences", "Preferences"],
  ["/sessions", "Sessions"],
] as const;

export default define.layout(function Frame({ Component, state, url }) {
  const { caller, services, stoppedSince } = state;
  if (caller === undefined) throw new Error("The frame is only for pages behind a login.");
  const title = places.find(([path]) => path === url.pathname)?.[1] ??
    (url.pathname === "/resume" ? "Resume" : "Behest");
  return (
    <>
      <Title text={title} />
      <a class="skip" href="#main">Skip to the content</a>
      {services.config.mode === "evaluation"
        ? (
          <aside class="banner" aria-label="Evaluation mode">
            Evaluation mode: to try Behest, not for real use. only.
          </aside>
        )
        : null}
      <Bar username={caller.username} path={url.pathname} stoppedSince={stoppedSince ?? null} />
      <div class="frame">
        <nav class="nav" aria-label="Main">
          <ul>
            {places.map(([path, name]) => (
              <li key={path}>
                <a
                  href={path === "/" ? toRoot(url.pathname) : path}
                  aria-current={path === url.pathname ? "page" : undefined}
                >
                  {name}
                </a>
              </li>
            ))}
            <li>
              <form method="post" action="/logout">
                <button type="submit">Log out</button>
              </form>
            </li>
          </ul>
        </nav>
        <main class="main" id="main" tabIndex={-1}>
          <Component />
        </main>
      </div>
    </>
  );
});
