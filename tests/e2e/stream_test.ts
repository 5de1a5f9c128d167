import assert from "node:assert/strict";
import { commandDraft } from "../../lib/protocol/mod.ts";
import { must } from "../fakes/accounts_rig.ts";
import { online, openRow, siteTest } from "../fakes/browser_site.ts";
import { person } from "../fakes/open_services.ts";
import { LineProxy } from "../fakes/proxy.ts";

siteTest(
  "WS-12: where a proxy refuses WebSockets, a page goes over to a stream, says so, hears and answers, and returns to the socket",
  async ({ base, known, open, services }) => {
    const { caller } = await person(open, "demo-bob");
    const audience = { kind: "user", to: ["demo-ann"] } as const;
    const send = async (title: string) =>
      must(
        await services.commands.send(
          caller,
          commandDraft.parse({ key: title, kind: "task", title, audience }),
        ),
      );
    const site = new URL(base);
    using proxy = new LineProxy(Number(site.port));
    site.port = String(proxy.port);
    proxy.refuseUpgrades(true);
    const page = await known("demo-ann");
    await page.goto(site.href);
    const stream = page.locator("[data-connection=stream]");
    await stream.waitFor();
    assert.equal(await page.getByRole("status").getByText("Online, WebSockets are blocked").count(), 1);
    assert.equal(proxy.refused, 2);

    const { command: { id } } = await send("By stream");
    const row = await openRow(page, "By stream");
    await row.getByRole("button", { name: "Accept" }).click();
    await page.waitForFunction(async (id) => {
      const answer = await (await fetch(`/api/v1/commands/${id}`)).json();
      return answer.state.state === "accepted";
    }, id);

    // The next page of this tab asks for no WebSocket first.
    await page.goto(`${site.origin}/sent`);
    await stream.waitFor();
    assert.equal(proxy.refused, 2);

    // Once a stream fails, a WebSocket is tried.
    proxy.refuseUpgrades(false);
    await page.route("**/api/stream?*", (route) => route.abort());
    proxy.cut();
    await online(page);
  },
);
