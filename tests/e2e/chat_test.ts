import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import type { Locator, Page } from "playwright-core";
import { axeFindings, sidewaysFindings } from "../../tools/page_findings.ts";
import { online, siteTest } from "../fakes/browser_site.ts";
import { person } from "../fakes/open_services.ts";
import { until } from "../fakes/until.ts";

/** Pixels in a PNG of one by one. */
const png =
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";
const phone = { width: 360, height: 740 };
/** What the keyboard of a phone leaves of its screen. */
const keyboardOpen = { width: 360, height: 380 };

const message = (page: Page, text: string): Locator =>
  page.locator("main .talk-messages > li.talk-message", { hasText: text });

async function say(page: Page, text: string): Promise<void> {
  await page.locator("#body").fill(text);
  await page.getByRole("button", { name: "Send", exact: true }).click();
}

/** Opens what can be done with a message. */
async function act(page: Page, text: string): Promise<Locator> {
  const one = message(page, text);
  await one.locator("summary").click();
  return one.locator(".talk-more .talk-act");
}

async function openTalk(page: Page, base: string, other: string): Promise<void> {
  await page.goto(`${base}/chat/${other}`);
  await online(page);
}

interface Lines {
  lines: WebSocket[];
}

/** Offline, Chromium opens no new line and leaves an open one alone: the test ends that itself. */
function rememberLines(): void {
  const lines: WebSocket[] = (globalThis as unknown as Lines).lines = [];
  globalThis.WebSocket = class extends WebSocket {
    constructor(...given: ConstructorParameters<typeof WebSocket>) {
      super(...given);
      lines.push(this);
    }
  };
}

siteTest(
  "CH-1, CH-3, DL-3, UI-3, UI-6: two people talk in tabs and on a phone, offline and back, with a picture, a reaction, a quote, one taken back and one reported",
  async ({ base, open, services, known, problems }) => {
    const [{ caller: ann }, { caller: bob }] = [await person(open, "ann"), await person(open, "bob")];
    await services.contacts.request(ann, { username: "bob" });
    await services.contacts.accept(bob, { username: "ann" });
    const desk = await known("ann");
    const second = await desk.context().newPage();
    const mobile = await known("bob");
    await mobile.setViewportSize(phone);
    await mobile.addInitScript(rememberLines);
    await openTalk(desk, base, "bob");
    await openTalk(second, base, "bob");
    await openTalk(mobile, base, "ann");

    await desk.locator("#body").fill("The **big** forks");
    await desk.locator("#body").press("Enter");
    for (const page of [mobile, second, desk]) {
      await message(page, "The big forks").locator("strong").waitFor();
      assert.equal(await message(page, "The big forks").count(), 1);
    }
    assert.equal(await desk.locator("#body").inputValue(), "");

    await (await act(mobile, "The big forks")).getByRole("button", { name: "Reply" }).click();
    await say(mobile, "Those?");
    await message(desk, "Those?").locator(".talk-quote", { hasText: "You: The" }).waitFor();
    await (await act(desk, "Those?")).getByRole("button", { name: "React with 👍" }).click();
    await message(mobile, "Those?").locator(".talk-chip", { hasText: "👍" }).waitFor();
    await message(desk, "Those?").getByRole("button", { name: "Your reaction 👍" }).click();
    await until(async () => await message(mobile, "Those?").locator(".talk-chip").count() === 0);

    await mobile.context().setOffline(true);
    await mobile.evaluate(() => (globalThis as unknown as Lines).lines.forEach((line) => line.close()));
    await say(mobile, "from the tunnel");
    await mobile.getByText("Sent once you are online.").waitFor();
    assert.equal(await message(desk, "from the tunnel").count(), 0);
    await mobile.context().setOffline(false);
    await message(desk, "from the tunnel").waitFor();
    await until(async () => await mobile.locator(".talk-unsent").count() === 0);
    for (const page of [mobile, desk, second]) {
      assert.equal(await message(page, "from the tunnel").count(), 1);
    }

    await desk.locator("#body").evaluate((field, bytes) => {
      const files = new DataTransfer();
      const data = Uint8Array.from(atob(bytes), (letter) => letter.charCodeAt(0));
      files.items.add(new File([data], "piano.png", { type: "image/png" }));
      field.dispatchEvent(new ClipboardEvent("paste", { clipboardData: files, bubbles: true }));
    }, Buffer.from(png, "base64").toString("base64"));
    await desk.getByRole("checkbox", { name: /piano\.png/ }).and(desk.locator(":checked")).waitFor();
    await say(desk, "the piano");
    const picture = message(mobile, "the piano").getByRole("img", { name: "piano.png" });
    await picture.waitFor();
    await until(() => picture.evaluate((image) => (image as HTMLImageElement).naturalWidth === 1));

    await (await act(desk, "The big forks")).getByRole("button", { name: "Retract" }).click();
    for (const page of [mobile, second]) {
      await page.locator(".talk-gone", { hasText: "retracted" }).first().waitFor();
      assert.equal(await message(page, "The big forks").count(), 0);
    }

    await mobile.setViewportSize(keyboardOpen);
    await mobile.locator("#body").fill("in sight");
    const box = (await mobile.locator("#body").boundingBox())!;
    assert.ok(box.y > 0 && box.y + box.height <= keyboardOpen.height, JSON.stringify(box));
    await mobile.setViewportSize(phone);
    for (const page of [mobile, desk]) {
      assert.deepEqual([...await axeFindings(page), ...await sidewaysFindings(page)], []);
    }
    assert.deepEqual(problems.filter((one) => !/ERR_INTERNET_DISCONNECTED|WebSocket/.test(one)), []);

    await (await act(mobile, "the piano")).getByRole("link", { name: /Report/ }).click();
    await mobile.waitForURL(/\/report\?message=[0-9A-Z]{26}$/);
    await mobile.getByLabel("Harassment or hate").check();
    await mobile.getByRole("button", { name: "Send report" }).click();
    await mobile.getByText("Report sent.").waitFor();
  },
);
