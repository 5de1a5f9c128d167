import { PageHead } from "../../components/PageHead.tsx";
import { KeyList, KeySwitch } from "../../components/KeyList.tsx";
import { Title } from "../../components/Title.tsx";
import { useWords } from "../../components/words.tsx";
import { definePerson } from "../../lib/web/define.ts";
import { readForm } from "../../lib/web/forms/form.ts";
import { localPath, seeOther } from "../../lib/web/pages.ts";
import { hasSingleKeys, keysCookie } from "../../lib/web/browser_settings.ts";
import { overTls } from "../../lib/web/session.ts";
import { Refusal } from "../../lib/protocol/mod.ts";
import { page } from "fresh";

export const handler = definePerson.handlers({
  GET: (ctx) => page({ single: hasSingleKeys(ctx.req) }),
  async POST(ctx) {
    const form = await readForm(ctx.req);
    const on = !(form instanceof Refusal) && form.get("single") === "on";
    const back = form instanceof Refusal ? "/keys" : localPath(form.get("back"));
    return seeOther(back, { "set-cookie": keysCookie(on, overTls(ctx)) });
  },
});

export default definePerson.page<typeof handler>(function KeysPage({ data, url }) {
  const words = useWords("keys");
  return (
    <>
      <Title text={words.title} />
      <PageHead title={words.title} lead={words.lead} />
      <section class="panel">
        <KeyList />
      </section>
      <section class="panel">
        <KeySwitch on={data.single} path={url.pathname} />
      </section>
    </>
  );
});
