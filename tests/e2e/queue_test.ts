import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { createHash } from "node:crypto";
import type { Page } from "playwright-core";
import { png } from "../fakes/account_world.ts";
import { siteTest } from "../fakes/browser_site.ts";
import { person } from "../fakes/open_services.ts";
import { must } from "../fakes/accounts_rig.ts";
import { until } from "../fakes/until.ts";

/** Presses a key until it has done something: before the island started it does nothing. */
async function pressUntil(page: Page, key: string, done: () => Promise<boolean>): Promise<void> {
  await until(async () => {
    await page.keyboard.press(key);
    return await done();
  });
}

siteTest(
  "MO-2, MO-8: a moderator works the queue by keyboard: next, claim, sanction, decide, undo; a request sends hashes only",
  async (site) => {
    const { base, open, services } = site;
    const { caller } = await person(open, "demo-bob");
    const root = { ...caller, role: "admin" as const };
    must(await services.users.change(root, "demo-bob", { role: "moderator" }));
    const ann = (await person(open, "demo-ann")).caller;
    await person(open, "carl");
    await person(open, "dora");
    for (const [user, reason] of [["carl", "threat"], ["dora", "spam"]] as const) {
      must(await services.reports.create(ann, { about: { user }, reason }));
    }
    const page = await site.known("demo-bob");
    await page.goto(`${base}/admin/queue`);
    const title = page.locator("#case-title");
    const opened = (text: string) => async () => await title.textContent().catch(() => "") === text;
    const notice = (text: string) => page.getByRole("status").getByText(text).waitFor();
    await page.getByRole("heading", { name: "Choose a case." }).waitFor();
    const rows = page.locator(".queue-row");
    assert.equal(await rows.count(), 2);

    await pressUntil(page, "j", async () => await title.count() > 0);
    assert.ok(await opened("Threat or blackmail")());
    await pressUntil(page, "j", opened("Advertising or flood"));
    await pressUntil(page, "k", opened("Threat or blackmail"));
    await pressUntil(page, "c", () => page.getByText("Claimed for 15 minutes.").isVisible());
    const mute = page.getByRole("checkbox", { name: "Mute" });
    await pressUntil(page, "2", () => mute.isChecked());
    await page.keyboard.press("e");
    await notice("Decided.");
    // The next case is open.
    assert.ok(await opened("Advertising or flood")());
    const sanctions = async (username: string) => {
      const user = must(await services.users.get(root, username));
      return user.sanctions.map(({ kind, lifted }) => lifted === undefined ? kind : `${kind} lifted`);
    };
    assert.deepEqual(await sanctions("carl"), ["mute"]);

    await page.getByRole("link", { name: "Open it to undo" }).click();
    await page.getByText("@demo-bob decided").waitFor();
    const why = page.getByRole("textbox", { name: "Reason for the undo" });
    await pressUntil(page, "u", () => why.evaluate((field) => field === document.activeElement));
    await page.keyboard.type("The wrong person.");
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    await notice("Undone. The case is open again.");
    assert.deepEqual(await sanctions("carl"), ["mute lifted"]);

    await page.goto(`${base}/admin/queue`);
    for (const left of [1, 0]) {
      await pressUntil(page, "j", async () => await title.count() > 0);
      const warn = page.getByRole("checkbox", { name: "Warn" });
      await pressUntil(page, "1", () => warn.isChecked());
      await page.keyboard.press("1");
      assert.equal(await warn.isChecked(), false);
      await page.keyboard.press("e");
      await notice("Decided.");
      assert.equal(await rows.count(), left);
      await page.goto(`${base}/admin/queue`);
    }
    await page.getByRole("heading", { name: "Nothing left to do" }).waitFor();

    // MO-8: of the files of a request only their hashes leave the browser.
    await page.goto(`${base}/remove`);
    const bytes = "bytes that stay here";
    await page.locator("#file").setInputFiles({
      name: "a.jpg",
      mimeType: "image/jpeg",
      buffer: Buffer.from(bytes),
    });
    await page.getByLabel("How to reach you").fill("Mo, mo@example.org");
    await page.getByLabel("What happened").fill("It shows me.");
    await page.getByLabel("I am shown in these files").check();
    await page.getByRole("button", { name: "Take out: a.jpg" }).waitFor();
    const posting = page.waitForRequest((request) => request.method() === "POST");
    await page.getByRole("button", { name: "Send request" }).click();
    const sent = (await posting).postData() ?? "";
    assert.ok(sent.includes(createHash("sha256").update(bytes).digest("hex")));
    assert.ok(!sent.includes(bytes) && !sent.includes("a.jpg"));
    await notice("Request received.");

    // A picture is not loaded, and so not logged, before somebody opens it.
    const from = { address: "192.0.2.7", port: 50_000, device: "web", requestId: "test" };
    const file = must(
      await services.files.upload(ann, from, { name: "a.png", size: null }, new Blob([png()]).stream()),
    );
    await until(async () => must(await services.files.get(ann, file.id)).state === "clean");
    must(
      await services.removals.request(from, {
        hashes: [file.sha256],
        contact: "Mo",
        statement: "It shows me.",
        declared: true,
      }),
    );
    const { items } = must(await services.queue.list(root, { kind: "removal" }));
    const looked: string[] = [];
    page.on("request", (request) => request.url().includes("/pictures/") && looked.push(request.url()));
    await page.goto(`${base}/admin/queue?item=${items[1]!.id}`);
    await page.getByText("Decide by").first().waitFor();
    await page.waitForLoadState("networkidle");
    assert.deepEqual(looked, []);
    await page.getByText("Show picture").click();
    const picture = page.getByAltText("The picture of this case");
    const filter = () => picture.evaluate((image) => getComputedStyle(image).filter);
    await picture.evaluate((image: HTMLImageElement) => image.decode());
    assert.equal(looked.length, 1);
    assert.equal(await filter(), "grayscale(1) blur(16px)");
    await page.getByLabel("In colour and sharp").check();
    assert.equal(await filter(), "none");
    assert.deepEqual(site.problems, []);
  },
);
