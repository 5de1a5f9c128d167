import { toRoot } from "../../components/page_text.ts";
import {
  adminPlaces,
  isAt,
  mainPlaces,
  morePlaces,
  type Place,
  placeTitle,
} from "../../components/places.ts";
import { ScanBanner } from "../../components/ScanBanner.tsx";
import { Title } from "../../components/Title.tsx";
import Bar from "../../islands/Bar.tsx";
import { define } from "../../lib/define.ts";

export default define.layout(async function Frame({ Component, state, url }) {
  const { caller, services, stoppedSince } = state;
  if (caller === undefined) throw new Error("The frame is only for pages behind a login.");
  const path = url.pathname;
  const evaluation = services.config.mode === "evaluation";
  const staff = caller.role !== "member";
  // Others are told nothing in production: their files say themselves that they are held.
  const status = evaluation || staff ? await services.scanning.status() : null;
  const [admin] = adminPlaces(caller.role);
  // Whoever has only the users gets there at once.
  const more: Place[] = [...morePlaces, ...admin === undefined ? [] : [[admin[0], "Admin"] as const]];
  const hidden = more.find(([place]) => isHere(path, place));
  return (
    <>
      <Title text={placeTitle(path)} />
      <a class="skip" href="#main">Skip to the content</a>
      {status === null ? null : <ScanBanner evaluation={evaluation} staff={staff} status={status} />}
      <Bar username={caller.username} path={path} stoppedSince={stoppedSince ?? null} />
      <div class="frame">
        <nav class="nav" aria-label="Main">
          <ul>
            <Links places={mainPlaces} path={path} />
            <li class="nav-more">
              <details>
                <summary>{hidden === undefined ? "More" : `More: ${hidden[1]}`}</summary>
                <ul>
                  <Links places={more} path={path} />
                  <LogOut />
                </ul>
              </details>
            </li>
          </ul>
          <ul class="nav-rest">
            <Links places={more} path={path} />
            <LogOut />
          </ul>
        </nav>
        <main class="main" id="main" tabIndex={-1}>
          <Component />
        </main>
      </div>
    </>
  );
});

/** The admin pages are one place, wherever its link leads. */
function isHere(path: string, place: string): boolean {
  return isAt(path, place.startsWith("/admin") ? "/admin" : place);
}

/** Narrow windows fold most of the places away; each is in the page twice, and shown once. */
function Links({ places, path }: { places: readonly Place[]; path: string }) {
  return (
    <>
      {places.map(([place, name]) => (
        <li key={place}>
          <a
            href={place === "/" ? toRoot(path) : place}
            class={isHere(path, place) ? "here" : undefined}
            aria-current={path === place ? "page" : undefined}
          >
            {name}
          </a>
        </li>
      ))}
    </>
  );
}

function LogOut() {
  return (
    <li>
      <form method="post" action="/logout">
        <button type="submit">Log out</button>
      </form>
    </li>
  );
}
