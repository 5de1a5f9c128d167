import { adminPlaces, isAt } from "../../../lib/web/places.ts";
import { toRoot } from "../../../lib/text/mod.ts";
import { useWords } from "../../../components/words.tsx";
import { definePerson } from "../../../lib/web/define.ts";

export default definePerson.layout(function AdminFrame({ Component, state, url }) {
  const path = url.pathname;
  const places = adminPlaces(useWords("frame"), state.caller.role);
  const here = (place: string) => place === "/admin" ? path === place : isAt(path, place);
  return (
    <>
      {places.length < 2 ? null : (
        <nav class="tabs tabs-admin" aria-label={useWords("admin").title}>
          <ul>
            {places.map(({ path: place, name }) => (
              <li key={place}>
                <a
                  href={place === "/admin" ? `${toRoot(path)}admin` : place}
                  class={here(place) ? "here" : undefined}
                  aria-current={path === place ? "page" : undefined}
                >
                  {name}
                </a>
              </li>
            ))}
          </ul>
        </nav>
      )}
      <Component />
    </>
  );
});
