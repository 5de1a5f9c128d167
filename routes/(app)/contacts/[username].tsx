import { HttpError } from "fresh";
import { GrantPage } from "../../../components/GrantPage.tsx";
import { useWords } from "../../../components/words.tsx";
import { username } from "../../../lib/protocol/mod.ts";
import { definePerson } from "../../../lib/web/define.ts";
import { grantNotice, grantPage } from "../../../lib/web/forms/grant_page.ts";
import { categoryField } from "../../../lib/web/forms/preferences.ts";

const pathOf = (name: string) => `/contacts/${name}`;

export const handler = definePerson.handlers(grantPage(
  (ctx) => {
    const name = username.safeParse(ctx.params.username);
    if (!name.success) throw new HttpError(404);
    return { user: name.data };
  },
  (source) => pathOf("user" in source ? source.user : ""),
));

/** A contact: what they show, and the reader's rules for them (CO-12). */
export default definePerson.page<typeof handler>(function ContactPage({ data, url, params }) {
  const { contact } = data;
  return (
    <GrantPage
      {...data}
      path={url.pathname}
      name={contact?.displayName ?? params.username!}
      up={{ href: "/contacts", name: useWords("contacts").title }}
      isPerson
      onlyPause={contact === undefined}
      fieldOf={categoryField}
      notice={grantNotice(useWords("grants"), url.searchParams.get("notice"))}
    />
  );
});
