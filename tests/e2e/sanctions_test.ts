import { Refusal } from "../../lib/protocol/mod.ts";
import assert from "node:assert/strict";
import { siteTest } from "../fakes/browser_site.ts";
import { person } from "../fakes/open_services.ts";

siteTest(
  "MO-7: an open page hears of a warning, and of a suspension it goes to the page that says why",
  async (site) => {
    const { base, open, services } = site;
    const ann = await site.enter("demo-ann");
    const moderator = { ...(await person(open, "demo-bob")).caller, role: "admin" as const };
    const impose = async (kind: "warn" | "suspend", reason: string) => {
      const made = await services.users.sanction(moderator, "demo-ann", { kind, reason });
      assert.ok(!(made instanceof Refusal));
      return made.id;
    };
    await impose("warn", "Be kind.");
    await ann.getByRole("link", { name: "A moderator warned you." }).click();
    await ann.waitForURL(`${base}/account`);
    const banner = ann.getByRole("complementary", { name: "Warning from the moderators" });
    await banner.getByText("Be kind.").waitFor();
    await banner.getByRole("button", { name: "I have read this" }).click();
    await banner.waitFor({ state: "detached" });

    await ann.goto(`${base}/send`);
    await ann.locator("[data-connection=online]").waitFor();
    const suspension = await impose("suspend", "Spam.");
    await ann.waitForURL(`${base}/account`);
    await ann.locator("[data-connection=suspended]").waitFor();
    await ann.getByText("Appeal", { exact: true }).waitFor();
    assert.ok((await ann.locator("main").textContent())?.includes("Spam."));
    await services.users.lift(moderator, "demo-ann", suspension, "A mistake.");
    await ann.goto(`${base}/`);
    await ann.locator("[data-connection=online]").waitFor();
    assert.deepEqual(site.problems, []);
  },
);
