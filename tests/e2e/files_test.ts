import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import type { Page } from "playwright-core";
import { openRow, siteTest } from "../fakes/browser_site.ts";

const png = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkaPhfDwADggGAWjR9awAAAABJRU5ErkJggg==",
  "base64",
);
const lake = { name: "lake <b>.png", mimeType: "text/plain", buffer: png };
// In two parts, so that no scanner of the machine takes this file for the one that it is about.
const eicar = "X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR-STANDARD-" + "ANTIVIRUS-TEST-FILE!$H+H*";

const fileRow = (page: Page, name: string) =>
  page.getByRole("list", { name: "Your files" }).locator("> li", { hasText: name });

async function upload(page: Page, base: string, file: { name: string; mimeType: string; buffer: Buffer }) {
  await page.goto(`${base}/files`);
  await page.getByLabel("Upload files").setInputFiles(file);
  await fileRow(page, file.name).waitFor();
}

/** Whether the picture of a file is really shown. */
async function isShown(page: Page, name: string): Promise<void> {
  const picture = page.getByRole("img", { name }).first();
  await picture.scrollIntoViewIfNeeded();
  await page.waitForFunction((alt) => {
    const found = [...document.querySelectorAll("img")].find((one) => one.alt === alt);
    return found?.complete === true && found.naturalWidth > 0;
  }, name);
}

siteTest(
  "FI-4 FI-6 UI-5: uploaded, clean without a reload, attached, sent, and seen by its recipient",
  async (visit) => {
    const { base, problems } = visit;
    const ann = await visit.enter("demo-ann");
    const bob = await visit.enter("demo-bob");
    await upload(ann, base, lake);
    const row = fileRow(ann, lake.name);
    await row.locator(".state", { hasText: "Clean" }).waitFor();
    await row.getByText("PNG picture").first().waitFor();
    await row.locator("summary", { hasText: "Preview" }).click();
    await isShown(ann, lake.name);
    await row.getByRole("link", { name: `Send: ${lake.name}` }).click();
    await ann.waitForURL(/\/send/);
    assert.ok(await ann.getByRole("checkbox", { name: lake.name }).isChecked());
    await ann.locator("#to").fill("demo-bob");
    await ann.locator("[name=kind][value=media]").check();
    await ann.getByLabel("Title").fill("The lake");
    await ann.locator("main").getByRole("button", { name: "Send" }).click();
    await ann.waitForURL(`${base}/sent?notice=checking`);
    const card = await openRow(bob, "The lake");
    await isShown(bob, lake.name);
    const address = await card.getByRole("img").getAttribute("src");
    const answer = await bob.request.get(base + address, { headers: { "sec-fetch-site": "same-origin" } });
    assert.deepEqual(Buffer.from(await answer.body()), png);
    assert.deepEqual(problems, []);
  },
);

siteTest(
  "SC-2 SC-4: what the scanner knows is rejected before the uploader's eyes, and refused from then on",
  async (visit) => {
    const ann = await visit.enter("demo-ann");
    const file = { name: "letter.txt", mimeType: "text/plain", buffer: Buffer.from(eicar) };
    await upload(ann, visit.base, file);
    const row = fileRow(ann, file.name);
    await row.locator(".state", { hasText: "Rejected" }).waitFor();
    assert.equal(await row.getByRole("link").count(), 0, "neither opened nor sent");
    await ann.getByLabel("Upload files").setInputFiles({ ...file, name: "again.txt" });
    await ann.getByRole("button", { name: "Try again: again.txt" }).waitFor();
    assert.equal(await fileRow(ann, "again.txt").count(), 0);
  },
);

siteTest("CM-5: proof is uploaded where it is handed in, and its sender sees it", async (visit) => {
  const { base } = visit;
  const ann = await visit.enter("demo-ann");
  const bob = await visit.enter("demo-bob");
  await ann.goto(`${base}/send`);
  await ann.locator("#to").fill("demo-bob");
  await ann.locator("[name=kind][value=task]").check();
  await ann.getByLabel("Title").fill("Paint the fence");
  await ann.locator("[name=requires][value=review]").check();
  await ann.locator("main").getByRole("button", { name: "Send" }).click();
  await ann.getByRole("link", { name: "Paint the fence" }).click();
  await ann.getByText("What happened").waitFor();
  const card = await openRow(bob, "Paint the fence");
  await card.getByRole("button", { name: "Accept" }).click();
  await card.getByText("Add files", { exact: true }).click();
  await card.getByLabel("Upload files").setInputFiles({ ...lake, name: "fence.png" });
  const box = card.getByRole("checkbox", { name: /^fence\.png/ });
  await box.waitFor();
  assert.ok(await box.isChecked());
  await card.locator(".check .hint", { hasText: "Being checked" }).waitFor({ state: "detached" });
  await card.getByRole("button", { name: "Submit" }).click();
  const submitted = ann.getByRole("list", { name: "Submitted by @demo-bob" });
  await submitted.waitFor();
  await isShown(ann, "fence.png");
  // Over the page when it is pressed, and Stop above it.
  await submitted.getByRole("button", { name: "fence.png" }).click();
  const large = ann.locator(".lightbox:popover-open");
  await large.waitFor();
  assert.ok(await ann.getByRole("button", { name: "Stop" }).isEnabled());
  await ann.getByRole("button", { name: "Stop" }).click({ trial: true });
  await ann.keyboard.press("Escape");
  await large.waitFor({ state: "hidden" });
});

siteTest("UI-1 FI-1: files are uploaded, attached, sent and seen without scripts", async (visit) => {
  const { base } = visit;
  const ann = await visit.enter("demo-ann", { scripts: false });
  const bob = await visit.enter("demo-bob", { scripts: false });
  await ann.goto(`${base}/files`);
  await ann.locator("input[name=file]").setInputFiles({ ...lake, name: "paper.png" });
  await ann.getByRole("button", { name: "Upload" }).click();
  await ann.waitForURL(`${base}/files?notice=uploaded`);
  await ann.goto(`${base}/send`);
  await ann.getByText("Choose from your files", { exact: true }).click();
  await ann.getByRole("checkbox", { name: /^paper\.png/ }).check();
  await ann.locator("#to").fill("demo-bob");
  await ann.getByLabel("Title").fill("On paper");
  await ann.locator("main").getByRole("button", { name: "Send" }).click();
  await ann.waitForURL(`${base}/sent?notice=checking`);
  const row = bob.getByRole("article", { name: "On paper" });
  for (let tries = 0; tries < 50 && await row.count() === 0; tries++) await bob.reload();
  assert.equal(await (await openRow(bob, "On paper")).getByRole("img", { name: "paper.png" }).count(), 1);
});

siteTest("UI-5 FI-2: an upload that a reload broke off goes on where it was", async (visit) => {
  const { base } = visit;
  const ann = await visit.enter("demo-ann");
  await ann.goto(`${base}/files`);
  const session = await ann.context().newCDPSession(ann);
  const rate = (uploadThroughput: number) =>
    session.send("Network.emulateNetworkConditions", {
      offline: false,
      latency: 0,
      downloadThroughput: -1,
      uploadThroughput,
    });
  await session.send("Network.enable");
  await rate(400_000);
  const path = await Deno.makeTempFile({ suffix: ".bin" });
  try {
    // A file on the disk: its time of change is a part of what it is known by.
    await Deno.writeFile(path, new Uint8Array(3_000_000).map((_, i) => i * 7));
    await ann.getByLabel("Upload files").setInputFiles(path);
    const bar = ann.getByRole("progressbar");
    await ann.waitForFunction(() => (document.querySelector("progress")?.value ?? 0) >= 30);
    assert.equal(await bar.count(), 1);
    ann.on("dialog", (dialog) => void dialog.accept());
    await ann.reload();
    await rate(-1);
    const going = ann.waitForRequest((request) => request.method() === "PATCH");
    await ann.getByLabel("Upload files").setInputFiles(path);
    const offset = Number((await going).headers()["upload-offset"]);
    assert.ok(offset > 0, `it went on at ${offset}`);
    await ann.getByRole("list", { name: "Your files" }).getByText("2.86 MiB").waitFor();
  } finally {
    await Deno.remove(path);
  }
});
