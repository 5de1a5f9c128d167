import type { ComponentChildren } from "preact";
import { Avatar } from "../../../components/Avatar.tsx";
import { Brand } from "../../../components/Brand.tsx";
import { DiscreetSwitch } from "../../../components/Discreet.tsx";
import { Icon } from "../../../components/Icon.tsx";
import { LookForm } from "../../../components/LookForm.tsx";
import { useWords } from "../../../components/words.tsx";
import { countText } from "../../../lib/browser/mod.ts";
import type { Theme } from "../../../lib/text/mod.ts";
import { toRoot } from "../../../lib/text/mod.ts";
import type { MenuCounts } from "../../../lib/web/menu_counts.ts";
import {
  adminPlaces,
  invitePlace,
  isAt,
  mainPlaces,
  morePlaces,
  type Place,
} from "../../../lib/web/places.ts";

/** The person whose page it is. */
interface Person {
  username: string;
  displayName: string;
  role: string;
  /** Whether there is a picture of them. */
  picture: boolean;
}

/** The id of the person's menu, for the buttons that open it. */
export const menuId = "me";

interface SideProps {
  person: Person;
  path: string;
  counts: MenuCounts;
}

/** Beside the page: the five places, those of administration on its pages, and the person. */
export function Side({ person, path, counts }: SideProps) {
  const words = useWords("frame");
  const admin = isAt(path, "/admin") ? adminPlaces(words, person.role) : [];
  return (
    <div class="side">
      <div class="side-inner">
        <nav class="nav nav-main" aria-label={words.main}>
          <Brand path={path} />
          <Links places={mainPlaces(words)} path={path} counts={counts} />
        </nav>
        {admin.length === 0 ? null : (
          <nav class="nav nav-admin" aria-label={words.admin}>
            <Brand path={path} />
            <h2>{words.admin}</h2>
            <Links places={admin} path={path} />
            <ul class="nav-back">
              <li>
                <a href={toRoot(path)}>
                  <Icon name="left" />
                  {words.toInbox}
                </a>
              </li>
            </ul>
          </nav>
        )}
        <button type="button" class="me" popovertarget={menuId}>
          <Avatar username={person.username} name={person.displayName} picture={person.picture} />
          <span class="me-name">
            <strong>{person.displayName}</strong>
            <span class="soft">@{person.username}</span>
          </span>
          <span class="visually-hidden">{words.yourMenu}</span>
          <Icon name="down" size="s" />
        </button>
      </div>
    </div>
  );
}

/** The five places at the foot of a phone's screen. */
export function TabBar({ path, counts }: { path: string; counts: MenuCounts }) {
  const words = useWords("frame");
  return (
    <nav class="tabbar" aria-label={words.main}>
      <Links places={mainPlaces(words)} path={path} counts={counts} size="l" />
    </nav>
  );
}

interface MenuProps {
  person: Person;
  path: string;
  mayInvite: boolean;
  theme: Theme | null;
}

/** Everything else, under the person's picture. Opens without scripts, and leaves Stop in reach. */
export function PersonMenu({ person, path, mayInvite, theme }: MenuProps) {
  const words = useWords("frame");
  const keys = useWords("keys");
  const places = [...morePlaces(words), ...mayInvite ? [invitePlace(words)] : []];
  // Whoever has only the users gets there at once.
  const [admin] = adminPlaces(words, person.role);
  return (
    <nav id={menuId} class="menu-pop" popover="auto" aria-label={words.you}>
      {admin === undefined ? null : (
        <>
          <Links places={[{ ...admin, name: words.admin }]} path={path} />
          <hr />
        </>
      )}
      <Links places={places} path={path} />
      <hr />
      <LookForm theme={theme} path={path} action="/look" />
      <hr />
      <ul>
        <li>
          <a href="/keys" aria-current={path === "/keys" ? "page" : undefined}>
            <Icon name="info" />
            {keys.title}
            <kbd class="said">?</kbd>
          </a>
        </li>
        <li>
          <DiscreetSwitch path={path} />
        </li>
        <li>
          <form method="post" action="/logout">
            <button type="submit" class="menu-button">
              <Icon name="logout" />
              {words.logOut}
            </button>
          </form>
        </li>
      </ul>
    </nav>
  );
}

interface LinksProps {
  places: readonly Place[];
  path: string;
  counts?: MenuCounts;
  size?: "l";
}

function Links({ places, path, counts, size }: LinksProps) {
  return (
    <ul>
      {places.map((place) => (
        <li key={place.path}>
          <a
            href={place.path === "/" ? toRoot(path) : place.path}
            class={isHere(path, place.path) ? "here" : undefined}
            aria-current={path === place.path ? "page" : undefined}
          >
            <Icon name={place.icon} {...(size === undefined ? {} : { size })} />
            <span class="txt">{place.name}</span>
            {place.counts === undefined || counts === undefined
              ? null
              : <Count of={place.counts} count={counts[place.counts] ?? 0} />}
          </a>
        </li>
      ))}
    </ul>
  );
}

/** What waits at a place; `browser/counts.ts` changes it. Beside the name, which stays the link's own. */
function Count({ of, count }: { of: string; count: number }): ComponentChildren {
  return (
    <span class="count" data-count={of} hidden={count === 0} aria-hidden="true">
      {countText(count)}
    </span>
  );
}

/** The overview of administration is at the root of its other pages. */
function isHere(path: string, place: string): boolean {
  return place === "/admin" ? path === place : isAt(path, place);
}
