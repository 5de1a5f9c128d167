import assert from "node:assert/strict";
import type { Locator, Page } from "playwright-core";

/** More steps than any page has places to stop at. */
const mostSteps = 300;

/** Somebody without a mouse: gets everywhere by Tab, and must see at each step where they are. */
export class Keyboard {
  readonly page: Page;
  /** Places that the focus stood at, for the test that it moved at all. */
  steps = 0;

  constructor(page: Page) {
    this.page = page;
  }

  /** Tab, until the focus is on it. Throws when it never gets there. */
  async reach(target: Locator): Promise<void> {
    await target.waitFor({ state: "attached" });
    for (let step = 0; step < mostSteps; step++) {
      if (await target.evaluate((element) => element === document.activeElement)) return;
      await this.page.keyboard.press("Tab");
      this.steps++;
      assert.deepEqual(
        await this.page.evaluate(hiddenFocus),
        null,
        `after ${this.steps} steps on ${this.page.url()}`,
      );
    }
    throw new Error(`No way by Tab to ${target} on ${this.page.url()}`);
  }

  /** A button, a link, or what unfolds. */
  async press(target: Locator): Promise<void> {
    await this.reach(target);
    await this.page.keyboard.press("Enter");
  }

  async type(target: Locator, text: string): Promise<void> {
    await this.reach(target);
    await this.page.keyboard.type(text);
    assert.equal(await target.inputValue(), text);
  }

  async tick(target: Locator): Promise<void> {
    await this.reach(target);
    await this.page.keyboard.press("Space");
    assert.ok(await target.isChecked());
  }

  /** One of several: Tab to the chosen one, or the first, then the arrows. */
  async choose(target: Locator): Promise<void> {
    const name = await target.getAttribute("name");
    const group = this.page.locator(`input[type=radio][name="${name}"]`);
    const chosen = this.page.locator(`input[type=radio][name="${name}"]:checked`);
    await this.reach(await chosen.count() > 0 ? chosen : group.first());
    const count = await group.count();
    for (let step = 0; step <= count; step++) {
      if (await target.isChecked()) return;
      await this.page.keyboard.press("ArrowDown");
    }
    throw new Error(`No way by the arrows to ${target}`);
  }
}

/** Runs in the page: what is wrong with how the focus shows; null when one sees it, or when it is outside of the page. */
function hiddenFocus(): string | null {
  const focused = document.activeElement;
  if (focused === null || focused === document.body || focused === document.documentElement) return null;
  const what = focused.outerHTML.slice(0, 120);
  const style = getComputedStyle(focused);
  const ring = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
  if (!ring && style.boxShadow === "none") return `no ring around ${what}`;
  const { left, top, right, bottom, width, height } = focused.getBoundingClientRect();
  if (width === 0 || height === 0) return `nothing to see of ${what}`;
  if (bottom <= 0 || top >= innerHeight || right <= 0 || left >= innerWidth) {
    return `outside of the window: ${what}`;
  }
  // WCAG 2.2, 2.4.11: at least a part of it is not under something that sticks to the window.
  const spots = [0.1, 0.5, 0.9].flatMap((x) =>
    [0.1, 0.5, 0.9].map((y) => [left + width * x, top + height * y] as const)
  );
  const seen = spots.some(([x, y]) => {
    const there = document.elementFromPoint(x, y);
    return there !== null && (focused.contains(there) || there.contains(focused));
  });
  const [x, y] = spots[4]!;
  const over = document.elementFromPoint(x, y)?.outerHTML.slice(0, 120);
  return seen ? null : `under something else: ${what}, at ${x}, ${y} of ${innerHeight}: ${over}`;
}
