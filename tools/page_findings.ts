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

/** What axe-core says of the page as it stands, target sizes of WCAG 2.2 included; or of its colours alone, which is quick. */
export async function axeFindings(page: Page, only: "all" | "colours" = "all"): Promise<string[]> {
  if (await page.evaluate(() => !("axe" in globalThis))) await page.evaluate(minified.source);
  const options: axe.RunOptions = {
    rules: { "target-size": { enabled: true } },
    resultTypes: ["violations"],
    ...only === "all" ? {} : { runOnly: { type: "rule", values: colourRules } },
  };
  // Only what is wrong leaves the page: the whole result names every element that passed.
  return await page.evaluate(async (options) => {
    const { axe: tool } = globalThis as unknown as {
      axe: { run(options: axe.RunOptions): Promise<axe.AxeResults> };
    };
    const { violations } = await tool.run(options);
    const told = (node: axe.NodeResult) => `${node.target} ${node.any[0]?.message ?? ""}`;
    return violations.map(({ id, nodes }) => `${id}: ${nodes.map(told).join("; ")}`);
  }, options);
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
