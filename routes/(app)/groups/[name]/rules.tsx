import { HttpError } from "fresh";
import { GrantPage } from "../../../../components/GrantPage.tsx";
import { useWords } from "../../../../components/words.tsx";
import { slug } from "../../../../lib/protocol/mod.ts";
import { definePerson } from "../../../../lib/web/define.ts";
import { grantNotice, grantPage } from "../../../../lib/web/forms/grant_page.ts";
import { categoryField } from "../../../../lib/web/forms/preferences.ts";

export const handler = definePerson.handlers(grantPage(
  (ctx) => {
    const name = slug.safeParse(ctx.params.name);
    if (!name.success) throw new HttpError(404);
    return { group: name.data };
  },
  (source) => `/groups/${"group" in source ? source.group : ""}/rules`,
));

/** The reader's rules for what is sent to one of their groups (CO-12). */
export default definePerson.page<typeof handler>(function GroupRules({ data, url, params }) {
  const { group } = data;
  return (
    <GrantPage
      {...data}
      path={url.pathname}
      name={group?.title ?? params.name!}
      up={{ href: "/groups", name: useWords("groups").yours }}
      isPerson={false}
      onlyPause={group === undefined}
      fieldOf={categoryField}
      notice={grantNotice(useWords("grants"), url.searchParams.get("notice"))}
    />
  );
});
