import { type ComponentChildren, Fragment, h, type VNode } from "preact";
import { renderToString } from "preact-render-to-string";
import { jsxTemplate } from "preact/jsx-runtime";
import type { Build } from "./build_types.ts";
import { Page } from "./page_state.ts";
import { headElements, renderingPage } from "./server_hooks.ts";

export interface Document {
  html: string;
  /** Of this page's inline scripts and styles, hex. */
  nonce: string;
  /** URLs of the modules that the page's islands need; empty without islands. */
  preload: string[];
}

/** Renders a page: first what goes inside, then the wrapper around it, then whatever of the document is missing. */
export function renderDocument(what: {
  content: ComponentChildren;
  /** Gives the wrapper around the content that was already rendered. */
  wrap: ((content: VNode) => ComponentChildren) | null;
  build: Build | null;
  basePath: string;
  pathname: string;
}): Document {
  const page = new Page(what.build, what.basePath, what.pathname);
  const html = renderingPage(page, () => {
    let rendered = renderToString(h(Fragment, null, what.content));
    if (what.wrap !== null) rendered = renderToString(h(Fragment, null, what.wrap(raw(rendered))));
    return page.seen.has("html") ? rendered : renderToString(completed(page, rendered));
  });
  return { html: `<!DOCTYPE html>${html}`, nonce: page.nonce, preload: page.preload() };
}

function raw(html: string): VNode {
  return jsxTemplate([html]) as VNode;
}

/** Adds the elements around a page that did not render them itself. */
function completed(page: Page, html: string): VNode {
  const head = page.seen.has("head")
    ? null
    : h("head", null, h("meta", { charset: "utf-8" }), ...headElements(page));
  const body = page.seen.has("body") ? raw(html) : h("body", null, raw(html));
  return h("html", null, head, body);
}
