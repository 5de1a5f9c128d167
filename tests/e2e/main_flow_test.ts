import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import type { FileChooser, Page } from "playwright-core";
import { english, Refusal } from "../../lib/protocol/mod.ts";
import { type BrowserSite, openRow, siteTest } from "../fakes/browser_site.ts";
import { Keyboard } from "../fakes/keyboard.ts";
import { person } from "../fakes/open_services.ts";

/** Of demo-ann, without a browser. */
async function sendAsAnn({ open, services }: BrowserSite, title: string, more = {}): Promise<string> {
  const { caller } = await person(open, "demo-ann");
  const audience = { kind: "user" as const, to: ["nora"] };
  const draft = { key: title, kind: "task", title, audience, ...more };
  const sent = await services.commands.send(caller, draft);
  if (sent instanceof Refusal) throw new Error(english(sent.message));
  return sent.command.id;
}

const password = "a long enough passphrase";
const card = (page: Page, title: string) => page.getByRole("article", { name: title });
const button = (page: Page, name: string) => page.locator("main").getByRole("button", { name, exact: true });
const place = (page: Page, name: string) =>
  page.getByRole("navigation").getByRole("link", { name, exact: true }).first();
/** Under the person's picture. */
const menu = (page: Page) => page.getByRole("button", { name: /Your menu/ });
const live = (page: Page) => page.locator("[data-connection=online]").waitFor();

siteTest(
  "UI-1 UI-6: by the keyboard alone somebody registers, sets limits, finds a contact, gets a task and hands it in; both see it done",
  async ({ base, services, visit }) => {
    const [noraPage, annPage] = [await visit(), await visit()];
    const [nora, ann] = [new Keyboard(noraPage), new Keyboard(annPage)];

    // From the beginning: the browser takes a moment to be told.
    const choosing = Promise.withResolvers<FileChooser>();
    noraPage.on("filechooser", choosing.resolve);

    await noraPage.goto(`${base}/register`);
    await nora.type(noraPage.getByLabel("Username"), "nora");
    await nora.type(noraPage.getByLabel("Password"), password);
    await nora.tick(noraPage.getByRole("checkbox"));
    await nora.press(noraPage.getByRole("button", { name: "Register" }));
    await noraPage.waitForURL(`${base}/welcome`);
    await live(noraPage);
    await nora.choose(noraPage.getByRole("row", { name: "Feet" }).getByRole("radio", { name: /ask/i }));
    for (const next of ["who", "when", "ready"]) {
      await nora.press(button(noraPage, "Save and continue"));
      await noraPage.waitForURL(`${base}/welcome/${next}`);
    }
    await nora.press(noraPage.getByRole("link", { name: "Go to inbox" }));
    await noraPage.waitForURL(`${base}/`);
    const { caller } = await personOf(services, "nora", password);
    const limits = await services.preferences.get(caller);
    assert.ok("categories" in limits);
    assert.equal(limits.categories.feet, "ask");

    await annPage.goto(`${base}/login`);
    await ann.type(annPage.getByLabel("Username"), "demo-ann");
    await ann.type(annPage.getByLabel("Password"), services.demo?.password ?? "");
    await annPage.keyboard.press("Enter");
    await annPage.waitForURL(`${base}/`);
    await live(annPage);

    await nora.press(menu(noraPage));
    await nora.press(place(noraPage, "Contacts"));
    await nora.type(noraPage.getByLabel("Username"), "demo-ann");
    await noraPage.keyboard.press("Enter");
    await noraPage.waitForURL(/notice=request/);
    await ann.press(annPage.getByRole("link", { name: /nora sent you a contact request/ }));
    await ann.press(annPage.locator("main").getByRole("button", { name: /^Accept/ }));
    await annPage.waitForURL(/notice=accept/);
    await nora.press(place(noraPage, "Inbox"));
    await live(noraPage);

    await ann.press(annPage.getByRole("link", { name: "Send to nora" }));
    await live(annPage);
    await ann.choose(annPage.locator("[name=kind][value=task]"));
    await ann.type(annPage.getByLabel("Title"), "Water the plants");
    await ann.choose(annPage.locator("[name=requires][value=review]"));
    await ann.press(button(annPage, "Send"));
    await annPage.waitForURL(/\/sent\?notice=sent/);
    await live(annPage);

    const task = card(noraPage, "Water the plants");
    await task.waitFor();
    await nora.press(task.getByRole("link", { name: "Water the plants" }));
    await nora.press(task.locator("[name=state][value=accepted]"));
    await nora.press(task.getByText("Add files", { exact: true }));
    const field = task.getByLabel("Upload files");
    await nora.reach(field);
    await noraPage.keyboard.press("Enter");
    const plants = {
      name: "plants.txt",
      mimeType: "text/plain",
      buffer: Buffer.from("All of them, also the small one."),
    };
    await (await choosing.promise).setFiles(plants);
    await task.getByRole("checkbox", { name: "plants.txt", checked: true }).waitFor();
    await nora.type(task.locator("input[name=note]").first(), "Half a can each.");
    await nora.press(task.locator("[name=state][value=submitted]"));

    const sent = card(annPage, "Water the plants");
    await sent.getByText("Half a can each.").waitFor();
    await sent.getByText("plants.txt").waitFor();
    await ann.press(sent.locator("[name=verdict][value=accept]"));
    await annPage.waitForURL(/\/sent\?notice=reviewed/);
    await card(annPage, "Water the plants").locator(".sent-standing", { hasText: "Done" }).waitFor();
    await task.waitFor({ state: "detached" });
    await nora.press(menu(noraPage));
    await nora.press(place(noraPage, "History"));
    const row = noraPage.getByRole("listitem").filter({ hasText: "Water the plants" });
    await row.getByText("Done", { exact: true }).waitFor();

    assert.ok(nora.steps > 50 && ann.steps > 30, `${nora.steps} and ${ann.steps} steps`);
  },
);

siteTest(
  "UI-1: with scripts off somebody registers, reads, answers, sets limits, stops and resumes",
  async (site) => {
    const { base, services, visit } = site;
    const page = await visit({ scripts: false });
    await page.goto(`${base}/register`);
    await page.getByLabel("Username").fill("nora");
    await page.getByLabel("Password").fill(password);
    await page.getByRole("checkbox").check();
    await page.getByRole("button", { name: "Register" }).click();
    await page.waitForURL(`${base}/welcome`);
    await page.getByRole("link", { name: "Skip setup" }).click();
    await page.waitForURL(`${base}/`);

    const { caller } = await personOf(services, "nora", password);
    await menu(page).click();
    await place(page, "Contacts").click();
    await page.getByLabel("Username").fill("demo-ann");
    await button(page, "Send request").click();
    const { caller: ann } = await personOf(services, "demo-ann", services.demo?.password ?? "");
    assert.ok("relation" in await services.contacts.accept(ann, { username: "nora" }));

    const id = await sendAsAnn(site, "Feed the cat");
    await place(page, "Inbox").click();
    await (await openRow(page, "Feed the cat")).locator("[name=state][value=accepted]").click();
    await (await openRow(page, "Feed the cat")).locator("[name=state][value=completed]").click();
    await card(page, "Feed the cat").waitFor({ state: "detached" });
    const told = await services.commands.get(ann, { id });
    assert.ok("recipients" in told);
    assert.deepEqual(told.recipients?.map(({ state }) => state), ["completed"]);

    await menu(page).click();
    await place(page, "Preferences").click();
    await page.getByRole("row", { name: "General" }).getByRole("radio", { name: /block/i }).check();
    await page.locator("[name=acceptFrom][value=nobody]").check();
    await button(page, "Save preferences").click();
    await page.waitForURL(/notice=saved/);
    const limits = await services.preferences.get(caller);
    assert.ok("acceptFrom" in limits);
    assert.equal(limits.acceptFrom, "nobody");
    assert.equal(limits.categories.general, "block");

    await page.locator(".button-stop").click();
    await page.getByText("Stopped. Nothing is delivered to you.").waitFor();
    assert.notEqual(await services.safety.stoppedSince(caller.userId), null);
    await page.getByLabel("Deliver to me again").check();
    await page.getByRole("button", { name: "Resume" }).click();
    await page.getByText("Stopped. Nothing is delivered to you.").waitFor({ state: "detached" });
    assert.equal(await services.safety.stoppedSince(caller.userId), null);
  },
);

async function personOf({ accounts }: BrowserSite["services"], username: string, password: string) {
  const origin = { address: "192.0.2.1", device: "test", requestId: "test" };
  const login = await accounts.login(origin, { username, password });
  if (login instanceof Refusal) throw new Error(english(login.message));
  const caller = await accounts.authenticate(login.token, origin);
  if (caller instanceof Refusal) throw new Error(english(caller.message));
  return { caller };
}
