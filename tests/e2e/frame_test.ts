import assert from "node:assert/strict";
import { english, Refusal } from "../../lib/protocol/mod.ts";
import { axeFindings, sidewaysFindings } from "../../tools/page_findings.ts";
import { online, siteTest } from "../fakes/browser_site.ts";
import { Keyboard } from "../fakes/keyboard.ts";
import { person } from "../fakes/open_services.ts";

function good<T>(answer: T | Refusal): T {
  if (answer instanceof Refusal) throw new Error(english(answer.message));
  return answer;
}

siteTest(
  "UI-11 UI-1 UI-4: a submission is seen on another page; the menu and the palette work by the keyboard, with Stop in reach, also on a phone",
  async ({ base, open, services, enter }) => {
    const page = await enter("demo-ann");
    const [{ caller: ann }, { caller: bob }] = [
      await person(open, "demo-ann"),
      await person(open, "demo-bob"),
    ];
    const audience = { kind: "user" as const, to: ["demo-bob"] };
    const draft = { key: "k", kind: "task" as const, title: "Paint", audience, requires: "review" as const };
    const { id } = good(await services.commands.send(ann, draft)).command;
    good(await services.commands.update(bob, { id, state: "accepted" }));
    await page.goto(`${base}/files`);
    await online(page);
    good(await services.commands.update(bob, { id, state: "submitted", note: "Done." }));
    // Its news, the bell and the title, without a reload.
    await page.getByRole("link", { name: /demo-bob submitted Paint/ }).waitFor();
    await page.getByRole("link", { name: "Notices, 2 unread" }).waitFor();
    assert.match(await page.title(), /^\(2\) /);
    // Read on another device.
    good(await services.notices.read(ann, {}));
    await page.getByRole("link", { name: "Notices", exact: true }).waitFor();
    assert.doesNotMatch(await page.title(), /^\(/);

    const keys = new Keyboard(page);
    const menu = page.locator("#me");
    await keys.press(page.getByRole("button", { name: /Your menu/ }));
    await menu.waitFor();
    assert.deepEqual(await axeFindings(page), []);
    await page.keyboard.press("Escape");
    await menu.waitFor({ state: "hidden" });

    await page.keyboard.press("Control+K");
    const field = page.getByRole("combobox", { name: /Search/ });
    await field.waitFor();
    await page.getByRole("option", { name: /Contacts/ }).waitFor();
    await field.fill("pref");
    await page.keyboard.press("Enter");
    await page.waitForURL(`${base}/preferences`);

    // A request is in the list of contacts without a reload.
    await page.goto(`${base}/contacts`);
    await online(page);
    const { caller: nora } = await person(open, "nora");
    good(await services.contacts.request(nora, { username: "demo-ann" }));
    await page.locator("#people").getByRole("button", { name: /Accept/ }).waitFor();

    await page.setViewportSize({ width: 360, height: 740 });
    await page.goto(`${base}/files`);
    await online(page);
    const top = await page.getByRole("heading", { level: 1 }).boundingBox();
    assert.ok(top !== null && top.y < 740 / 3, `the page begins at ${top?.y}`);
    assert.deepEqual(await sidewaysFindings(page), []);
    await page.getByRole("button", { name: "Your menu" }).click();
    await menu.getByRole("link", { name: "Contacts" }).waitFor();
    const stop = page.getByRole("button", { name: "Stop", exact: true });
    assert.ok(await stop.isVisible());
    await stop.click();
    await page.getByText("Stopped. Nothing is delivered to you.").waitFor();
  },
);
