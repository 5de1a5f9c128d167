import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import type { Page } from "playwright-core";
import { type Command, Refusal } from "../../lib/protocol/mod.ts";
import { slowUploads, type StillSite, stillSiteTest } from "../fakes/browser_site.ts";
import { type AppRig } from "../fakes/app_rig.ts";
import { until } from "../fakes/until.ts";
import { told } from "../fakes/told.ts";
import { answerNext, callsOf } from "../fakes/replaced_calls.ts";

/** Ann on the files page; what she uploads is not checked before its test ends. */
const uploadsTest = (name: string, run: (site: StillSite) => Promise<void>) =>
  stillSiteTest(name, "/files", async (site) => {
    await site.page.getByLabel("Upload files").waitFor();
    await run(site);
  }, (app) => void (app.virus.script = () => "hang"));

const filesOf = async (app: AppRig) => (await app.services.files.list(await app.caller("ann"), {})).files;
const uploadsOf = async ({ blobs }: AppRig) => (await Array.fromAsync(blobs.staged())).length;

const sized = (name: string, bytes: number) => ({
  name,
  mimeType: "application/octet-stream",
  buffer: Buffer.alloc(bytes, name),
});

uploadsTest(
  "FI-2 UI-5: chosen files are uploaded, several at once, and stand in the list",
  async ({ page, app }) => {
    const names = ["one.bin", "two.bin", "three.bin", "Ærlig & <b>.bin"];
    await page.getByLabel("Upload files").setInputFiles(names.map((name) => sized(name, 2000)));
    const list = page.getByRole("list", { name: "Your files" });
    for (const name of names) await list.getByText(name, { exact: true }).waitFor();
    assert.equal(
      await page.getByRole("list", { name: "Uploads" }).count(),
      0,
      "nothing is under way any more",
    );
    assert.deepEqual((await filesOf(app)).map(({ name }) => name).sort(), [...names].sort());
    assert.equal(await list.getByText("Being checked", { exact: true }).count(), names.length);
    const said = await page.locator(".uploads [role=status]").textContent();
    assert.match(said ?? "", /was uploaded and is being checked\.$/);
  },
);

uploadsTest(
  "UI-5: an upload shows how far it is, is paused, goes on and arrives whole",
  async ({ page, app }) => {
    await slowUploads(page, 150_000);
    await page.getByLabel("Upload files").setInputFiles(sized("slow.bin", 900_000));
    const bar = page.getByRole("progressbar", { name: "slow.bin" });
    await bar.waitFor();
    const value = async () => Number(await bar.getAttribute("value"));
    await until(async () => await value() > 0);
    await page.getByRole("button", { name: "Pause: slow.bin" }).click();
    await page.getByText(/^Paused: \d+% of 879 KiB$/).waitFor();
    assert.ok(await value() < 100);
    assert.equal((await filesOf(app)).length, 0);
    await slowUploads(page, -1);
    await page.getByRole("button", { name: "Resume: slow.bin" }).click();
    await page.getByRole("list", { name: "Your files" }).getByText("slow.bin").waitFor();
    assert.deepEqual((await filesOf(app)).map(({ size }) => size), [900_000]);
  },
);

uploadsTest("UI-5: a cancelled upload is gone, here and on the server", async ({ page, app }) => {
  await slowUploads(page, 100_000);
  await page.getByLabel("Upload files").setInputFiles(sized("slow.bin", 900_000));
  await until(async () => await uploadsOf(app) === 1);
  await page.getByRole("button", { name: "Cancel: slow.bin" }).click();
  await page.getByRole("progressbar").waitFor({ state: "detached" });
  await until(async () => await uploadsOf(app) === 0);
  assert.equal((await filesOf(app)).length, 0);
});

uploadsTest(
  "FI-1: what is too large or refused says why beside it, and can be tried again",
  async ({ page, app }) => {
    const begun = callsOf(app.services.files, "begin");
    await page.getByLabel("Upload files").setInputFiles(sized("huge.bin", 1024 * 1024 + 1));
    await page.getByText("1 MiB is too large: the limit is 1 MiB.").waitFor();
    assert.deepEqual(begun, [], "nothing was sent");
    assert.equal(
      await page.getByRole("button", { name: /^Try again/ }).count(),
      0,
      "it would change nothing",
    );
    await page.getByRole("button", { name: "Cancel: huge.bin" }).click();

    const full = new Refusal("too_large", told("Your files are full. Remove one first."));
    answerNext(app.services.files, "begin", full);
    await page.getByLabel("Upload files").setInputFiles(sized("more.bin", 2000));
    await page.getByText("Your files are full. Remove one first.").waitFor();
    assert.equal(await page.locator(".uploads [role=status]").textContent(), "more.bin was not uploaded.");
    await page.getByRole("button", { name: "Try again: more.bin" }).click();
    await page.getByRole("list", { name: "Your files" }).getByText("more.bin").waitFor();
  },
);

uploadsTest("SC-4: a file that is refused for good is not sent again and again", async ({ page, app }) => {
  const others = callsOf(app.services.files, "append");
  answerNext(app.services.files, "append", new Refusal("not_clean", told("This file is not taken.")));
  await page.getByLabel("Upload files").setInputFiles(sized("bad.bin", 2000));
  await page.getByText("This file is not taken.").waitFor();
  assert.deepEqual(others, []);
});

uploadsTest("UI-5: files are dropped on the page", async ({ page, app }) => {
  const transfer = await page.evaluateHandle(() => {
    const made = new DataTransfer();
    made.items.add(new File(["words"], "dropped.txt"));
    return made;
  });
  await page.dispatchEvent(".drop", "dragover", { dataTransfer: transfer });
  await page.locator(".drop-over").waitFor();
  await page.dispatchEvent(".drop", "drop", { dataTransfer: transfer });
  await page.getByRole("list", { name: "Your files" }).getByText("dropped.txt").waitFor();
  assert.equal(await page.locator(".drop-over").count(), 0);
  assert.equal((await filesOf(app)).length, 1);
});

/** Drops a file on the element; says whether the browser was kept from opening it. */
const dropOn = (page: Page, selector: string) =>
  page.locator(selector).first().evaluate((element) => {
    const dataTransfer = new DataTransfer();
    dataTransfer.items.add(new File(["words"], "beside.txt"));
    const events = ["dragover", "drop"].map((type) =>
      new DragEvent(type, { dataTransfer, bubbles: true, cancelable: true })
    );
    return events.every((event) => !element.dispatchEvent(event));
  });

uploadsTest(
  "UI-5: a file that is dropped beside the box is uploaded too, and never replaces the page",
  async ({ page, app, base }) => {
    assert.ok(await dropOn(page, "h1"));
    await page.getByRole("list", { name: "Your files" }).getByText("beside.txt").waitFor();
    assert.equal(await page.locator(".drop-over").count(), 0);
    assert.equal((await filesOf(app)).length, 1);
    await page.goto(`${base}/contacts`);
    await page.locator("[data-connection]").waitFor();
    await until(() => dropOn(page, "h1"));
    assert.equal((await filesOf(app)).length, 1, "this page has no upload");
  },
);

uploadsTest(
  "FI-6 UI-5: a file that is uploaded in the form goes with the command",
  async ({ page, app, base }) => {
    await app.befriend("ann", "bob");
    await page.goto(`${base}/send`);
    await page.getByLabel("Upload files").setInputFiles(sized("plan.bin", 2000));
    const box = page.getByRole("checkbox", { name: "plan.bin" });
    await box.waitFor();
    assert.ok(await box.isChecked());
    await page.locator("#to").fill("bob");
    await page.getByLabel("Title").fill("The plan");
    await page.locator("main").getByRole("button", { name: "Send" }).click();
    await page.waitForURL(/\/sent\?notice=/);
    const [sent] = await app.sentBy("ann");
    const { attachments } = sent!.command as Command;
    assert.deepEqual(attachments.map(({ fileId }) => fileId), [(await filesOf(app))[0]?.id]);
  },
);
