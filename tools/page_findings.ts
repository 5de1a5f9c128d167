import type axe from "axe-core";
// Half as long as the other, and it is sent to every page.
// @ts-types="axe-core"
import minified from "axe-core/axe.min.js";
import type { Page } from "playwright-core";

/** UI-6. */
export const widths = [320, 768, 1440] as const;

/** Collects what the page's policy stopped; for `addInitScript`, before the page's own scripts. */
export function collectViolations(): void {
  const found: string[] = [];
  Object.assign(globalThis, { policyViolations: found });
  addEventListener("securitypolicyviolation", (event) => {
    found.push(`${event.effectiveDirective} stopped ${event.blockedURI} ${event.sample}`);
  });
}

/** UI-8: what the policy stopped so far. To be asked before anything else is run in the page. */
export async function policyFindings(page: Page): Promise<string[]> {
  const found = await page.evaluate(() =>
    (globalThis as unknown as { policyViolations: string[] }).policyViolations
  );
  return found.map((one) => `the policy: ${one}`);
}

/** What depends on nothing but colours. */
const colourRules = ["color-contrast", "link-in-text-block"];
/** What depends on the places and sizes of what is shown; all that other rules ask is in the markup. */
const layoutRules = ["target-size", "scrollable-region-focusable"];
/** What axe-core says of the page as it stands, target sizes of WCAG 2.2 included. */
export function axeFindings(page: Page): Promise<string[]> {
  return findings(page, { rules: { "target-size": { enabled: true } } });
}

/** What may differ once a page with the same markup has other colours or another width; half of the time of all rules. */
export function lookFindings(page: Page): Promise<string[]> {
  return findings(page, { runOnly: { type: "rule", values: [...colourRules, ...layoutRules] } });
}

/** What axe-core says of the page's colours; `changed`: only of what `rememberLook` did not see, or saw in other colours. */
export function colourFindings(page: Page, of: "all" | "changed" = "all"): Promise<string[]> {
  return findings(page, { runOnly: { type: "rule", values: colourRules } }, of);
}

/** Keeps in the page how each element looks now. */
export async function rememberLook(page: Page): Promise<void> {
  await page.evaluate(() => {
    const lookOf = (element: Element) => {
      if (!element.checkVisibility({ visibilityProperty: true })) return "hidden";
      const { color, backgroundColor, backgroundImage, opacity, fontSize, fontWeight, position } =
        getComputedStyle(element);
      // Of the size, only whether it is large counts: WCAG's 14 points when bold, 18 otherwise, asks less contrast.
      const isLarge = parseFloat(fontSize) * 0.75 >= (Number(fontWeight) >= 700 ? 14 : 18);
      return [color, backgroundColor, backgroundImage, opacity, isLarge, position].join();
    };
    const looks = new Map([...document.querySelectorAll("body, body *")].map((one) => [one, lookOf(one)]));
    Object.assign(globalThis, { lookOf, looks });
  });
}

async function findings(
  page: Page,
  options: axe.RunOptions,
  of: "all" | "changed" = "all",
): Promise<string[]> {
  if (await page.evaluate(() => !("axe" in globalThis))) await page.evaluate(minified.source);
  // Only what is wrong leaves the page: the whole result names every element that passed.
  return await page.evaluate(async ({ options, of }) => {
    const { axe: tool, lookOf, looks } = globalThis as unknown as {
      axe: { run(context: axe.ElementContext, options: axe.RunOptions): Promise<axe.AxeResults> };
      lookOf(element: Element): string;
      looks: Map<Element, string>;
    };
    const changed = (element: Element): Element[] => {
      const look = lookOf(element);
      // In what is hidden there may be something that is not.
      const isSeen = look !== looks.get(element) && look !== "hidden";
      return isSeen ? [element] : [...element.children].flatMap(changed);
    };
    const looked = of === "all" ? [document] : changed(document.body);
    // Axe takes no elements for all of them.
    if (looked.length === 0) return [];
    // It sticks to the window's foot, where it half covers one thing or another: a person scrolls on.
    const bars = [...document.querySelectorAll<HTMLElement>(".savebar")];
    for (const bar of bars) bar.style.position = "static";
    const { violations } = await tool.run({ include: looked }, options);
    for (const bar of bars) bar.style.position = "";
    const told = (node: axe.NodeResult) => `${node.target} ${node.any[0]?.message ?? ""}`;
    return violations.map(({ id, nodes }) => `${id}: ${nodes.map(told).join("; ")}`);
  }, { options: { ...options, resultTypes: ["violations" as const] }, of });
}

/** One finding when the page goes beyond its window sideways. */
export async function sidewaysFindings(page: Page): Promise<string[]> {
  const { over, widest } = await page.evaluate(() => {
    const { scrollWidth, clientWidth } = document.documentElement;
    const out = [...document.querySelectorAll("main *")].filter((one) =>
      one.getBoundingClientRect().right > clientWidth + 1 || one.getBoundingClientRect().left < -1
    );
    return { over: scrollWidth - clientWidth, widest: out.at(-1)?.outerHTML.slice(0, 120) ?? "" };
  });
  return over > 0 ? [`${over} px too wide at ${page.viewportSize()?.width}: ${widest}`] : [];
}

/** What moves for longer than 10 ms although the person asked for less motion. */
export function motionFindings(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const longestMs = 10;
    const ms = (text: string) =>
      Math.max(...text.split(",").map((one) => parseFloat(one) * (one.trim().endsWith("ms") ? 1 : 1000)));
    const found = new Set<string>();
    for (const element of document.querySelectorAll("*")) {
      for (const part of ["", "::before", "::after"]) {
        const style = getComputedStyle(element, part);
        const name = element.localName + [...element.classList].map((one) => `.${one}`).join("") + part;
        if (ms(style.transitionDuration) > longestMs) found.add(`${name} has a transition`);
        if (style.animationName !== "none" && ms(style.animationDuration) > longestMs) {
          found.add(`${name} is animated`);
        }
        if (style.scrollBehavior === "smooth") found.add(`${name} scrolls smoothly`);
      }
    }
    return [...found].map((one) => `with reduced motion ${one}`);
  });
}
