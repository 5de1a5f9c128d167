import assert from "node:assert/strict";
import { online, siteTest } from "../fakes/browser_site.ts";
import { person } from "../fakes/open_services.ts";
import { until } from "../fakes/until.ts";

/** A picture of one point. */
const point =
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";

siteTest(
  "UI-6 UI-9 BR-1: by the keyboard alone a group is found, the card is seen, a picture is pasted, and it is sent",
  async ({ base, open, services, known }) => {
    const [{ caller: ann }, { caller: bob }] = [
      await person(open, "demo-ann"),
      await person(open, "demo-bob"),
    ];
    const root = { ...bob, role: "admin" as const };
    assert.ok("name" in await services.groups.create(root, { name: "growers", title: "Tomato growers" }));
    for (const [who, role] of [[ann, "sender"], [bob, "member"]] as const) {
      await services.groups.setMember(root, "growers", who.username, { role });
      await services.groups.accept(who, { group: "growers" });
    }
    const page = await known("demo-ann");
    await page.goto(`${base}/send`);
    await online(page);
    const { keyboard } = page;
    const offered = page.getByRole("option");

    // Part of a title finds the group, and Enter takes it; Backspace changes nothing of it.
    await page.getByRole("combobox", { name: "To" }).focus();
    await keyboard.type("grow");
    await offered.filter({ hasText: "Tomato growers" }).waitFor();
    await keyboard.press("Enter");
    await page.locator(".token", { hasText: "Tomato growers (2)" }).waitFor();
    assert.equal(await page.getByRole("radio", { name: "A group" }).isChecked(), true);
    assert.equal(await page.locator(".only-group").isVisible(), false, "one field says it");

    await page.getByRole("textbox", { name: "Title" }).focus();
    await keyboard.insertText("x".repeat(121));
    await page.getByText("1 character too many").waitFor();
    await keyboard.press("Backspace");
    await page.getByText("0 characters left", { exact: true }).waitFor();
    await keyboard.press("Control+a");
    await keyboard.insertText("Water the ferns");
    await until(async () => await page.locator(".count-left:visible").count() === 0);
    await page.locator(".compose-title", { hasText: "Water the ferns" }).waitFor();
    await page.getByText("For fewer than 5 people").first().waitFor();

    await page.evaluate((base64) => {
      const data = new DataTransfer();
      const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
      data.items.add(new File([bytes], "fern.png", { type: "image/png" }));
      document.activeElement!.dispatchEvent(
        new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }),
      );
    }, point);
    await page.getByRole("checkbox", { name: /fern\.png/ }).and(page.locator(":checked")).waitFor();
    await page.getByRole("textbox", { name: "Title" }).focus();
    await keyboard.press("Enter");
    await page.waitForURL(/\/sent\?notice=/);
    const { items } = await services.commands.list(ann, { box: "outbox" });
    const [{ command }] = items as [typeof items[number]];
    assert.ok("title" in command);
    assert.deepEqual(
      [command.title, command.audience, command.attachments.map(({ name }) => name)],
      ["Water the ferns", { kind: "group", name: "growers" }, ["fern.png"]],
    );
  },
);
