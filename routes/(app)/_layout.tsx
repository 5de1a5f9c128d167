import { asset } from "fresh/runtime";
import { PersonMenu, Side, TabBar } from "./(_parts)/Frame.tsx";
import { Avatar } from "../../components/Avatar.tsx";
import { Brand } from "../../components/Brand.tsx";
import { CategoryTitles } from "../../components/category_titles.tsx";
import { KeyList } from "../../components/KeyList.tsx";
import { SanctionBanners } from "../../components/OwnSanctions.tsx";
import { ScanBanner } from "../../components/ScanBanner.tsx";
import { Title } from "../../components/Title.tsx";
import { Bar, Confirm, Drafts, Keys, Palette, Toast } from "../../islands/Overlays.tsx";
import { hasSingleKeys, themeOf } from "../../lib/web/browser_settings.ts";
import { categoryTitles } from "../../lib/web/categories.ts";
import { definePerson } from "../../lib/web/define.ts";
import { menuCounts } from "../../lib/web/menu_counts.ts";
import { isAt, palettePlaces, placeTitle } from "../../lib/web/places.ts";
import { someWords, wordsOf } from "../../lib/words/mod.ts";

export default definePerson.layout(async function Frame(ctx) {
  const { Component, state, url, req } = ctx;
  const { caller, services, stoppedSince } = state;
  // Not by a hook: what is asynchronous stands outside of the tree.
  const words = wordsOf(state.language).frame;
  const keys = wordsOf(state.language).keys;
  const path = url.pathname;
  const evaluation = services.config.mode === "evaluation";
  const staff = caller.role !== "member";
  // Others are told nothing in production: their files say themselves that they are held.
  const [status, { sanctions }, mayInvite, counts, unread, pictured, titles] = await Promise.all([
    evaluation || staff ? services.scanning.status() : null,
    services.sanctions.list(caller),
    services.invites.may(caller),
    menuCounts(services, caller),
    services.notices.unread(caller),
    services.profiles.withAvatar(caller, [caller.username]),
    categoryTitles(ctx),
  ]);
  const { username, displayName, role } = caller;
  const person = { username, displayName, role, picture: pictured.has(username) };
  return (
    <div class="app">
      <Title text={placeTitle(words, path)} />
      <a class="skip" href="#main">{words.skip}</a>
      <div class="notes">
        {status === null ? null : <ScanBanner evaluation={evaluation} staff={staff} status={status} />}
        <SanctionBanners sanctions={sanctions} path={path} />
      </div>
      <Bar
        username={username}
        face={<Avatar username={username} name={displayName} picture={person.picture} />}
        userId={caller.userId}
        worker={asset(`/sw.js?language=${state.language}`)}
        path={path}
        stoppedSince={stoppedSince ?? null}
        restriction={caller.restriction ?? null}
        counts={{ ...counts, notices: unread }}
        words={someWords(state.language, ["bar", "notices"])}
      >
        <Brand path={path} />
      </Bar>
      <Side person={person} path={path} counts={counts} />
      <main class={isAt(path, "/admin") ? "main main-wide" : "main"} id="main" tabIndex={-1}>
        <Drafts userId={caller.userId} words={someWords(state.language, ["drafts"])} />
        <CategoryTitles titles={titles}>
          <Component />
        </CategoryTitles>
      </main>
      <TabBar path={path} counts={counts} />
      <PersonMenu person={person} path={path} mayInvite={mayInvite} theme={themeOf(req)} />
      <Keys single={hasSingleKeys(req)} title={keys.title} close={keys.close}>
        <KeyList />
      </Keys>
      <Palette
        places={palettePlaces(words, role, mayInvite).map(({ path, name, icon }) => ({ path, name, icon }))}
        {...wordsOf(state.language).palette}
      />
      <Confirm words={someWords(state.language, ["confirm"])} />
      <Toast />
    </div>
  );
});
