import { asset } from "fresh/runtime";
import { toRoot } from "../../lib/text/mod.ts";
import {
  adminPlaces,
  invitePlace,
  isAt,
  mainPlaces,
  morePlaces,
  type Place,
  placeTitle,
} from "../../lib/web/places.ts";
import { DiscreetSwitch } from "../../components/Discreet.tsx";
import { SanctionBanners } from "../../components/OwnSanctions.tsx";
import { ScanBanner } from "../../components/ScanBanner.tsx";
import { Title } from "../../components/Title.tsx";
import { useWords } from "../../components/words.tsx";
import { KeyList } from "../../components/KeyList.tsx";
import Bar from "../../islands/Bar.tsx";
import Confirm from "../../islands/Confirm.tsx";
import Drafts from "../../islands/Drafts.tsx";
import Keys from "../../islands/Keys.tsx";
import Toast from "../../islands/Toast.tsx";
import { definePerson } from "../../lib/web/define.ts";
import { hasSingleKeys } from "../../lib/web/browser_settings.ts";
import { someWords, wordsOf } from "../../lib/words/mod.ts";
import { fill } from "../../lib/words/shape.ts";

export default definePerson.layout(async function Frame({ Component, state, url, req }) {
  const { caller, services, stoppedSince } = state;
  // Not by a hook: what is asynchronous stands outside of the tree.
  const words = wordsOf(state.language).frame;
  const keys = wordsOf(state.language).keys;
  const keysPlace: Place = ["/keys", keys.title];
  const path = url.pathname;
  const evaluation = services.config.mode === "evaluation";
  const staff = caller.role !== "member";
  // Others are told nothing in production: their files say themselves that they are held.
  const [status, { sanctions }] = await Promise.all([
    evaluation || staff ? services.scanning.status() : null,
    services.sanctions.list(caller),
  ]);
  const mayInvite = await services.invites.may(caller);
  const [admin] = adminPlaces(words, caller.role);
  // Whoever has only the users gets there at once.
  const more: Place[] = [
    ...morePlaces(words),
    ...mayInvite ? [invitePlace(words)] : [],
    ...admin === undefined ? [] : [[admin[0], words.admin] as const],
  ];
  const hidden = more.find(([place]) => isHere(path, place));
  return (
    <>
      <Title text={placeTitle(words, path)} />
      <a class="skip" href="#main">{words.skip}</a>
      {status === null ? null : <ScanBanner evaluation={evaluation} staff={staff} status={status} />}
      <SanctionBanners sanctions={sanctions} path={path} />
      <Bar
        username={caller.username}
        userId={caller.userId}
        worker={asset(`/sw.js?language=${state.language}`)}
        path={path}
        stoppedSince={stoppedSince ?? null}
        restriction={caller.restriction ?? null}
        words={someWords(state.language, ["bar"])}
      />
      <div class="frame">
        <nav class="nav" aria-label={words.main}>
          <ul>
            <Links places={mainPlaces(words)} path={path} />
            <li class="nav-more">
              <details>
                <summary>
                  {hidden === undefined ? words.more : fill(words.moreHere, { place: hidden[1] })}
                </summary>
                <ul>
                  <Links places={more} path={path} />
                  <Links places={[keysPlace]} path={path} />
                  <li>
                    <DiscreetSwitch path={path} />
                  </li>
                  <LogOut />
                </ul>
              </details>
            </li>
          </ul>
          <ul class="nav-rest">
            <Links places={more} path={path} />
            <Links places={[keysPlace]} path={path} />
            <li>
              <DiscreetSwitch path={path} />
            </li>
            <LogOut />
          </ul>
        </nav>
        <main class="main" id="main" tabIndex={-1}>
          <Drafts userId={caller.userId} words={someWords(state.language, ["drafts"])} />
          <Component />
        </main>
      </div>
      <Keys single={hasSingleKeys(req)} title={keys.title} close={keys.close}>
        <KeyList />
      </Keys>
      <Confirm words={someWords(state.language, ["confirm"])} />
      <Toast />
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
        <button type="submit">{useWords("frame").logOut}</button>
      </form>
    </li>
  );
}
