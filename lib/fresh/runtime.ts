/** `fresh/runtime`: what islands and components may use on both sides. */
import { type ComponentChildren, isValidElement, toChildArray, type VNode } from "preact";
import { useEffect } from "preact/hooks";

export { asset, assetSrcSet } from "./asset.ts";
export { HttpError } from "./error.ts";

/** True in the browser, false while rendering on the server. */
export const IS_BROWSER: boolean = typeof document !== "undefined";

export interface HeadProps {
  children?: ComponentChildren;
}

/**
 * Puts its children into the document's `head`; one that is already there with the same key, or of the same kind
 * (title, meta of one name), is replaced. The server takes the children before this renders. In the browser a title
 * and metas with a name are kept current.
 */
export function Head(props: HeadProps): null {
  // Both sides differ by a constant, so the hooks are called in the same order on every render.
  if (IS_BROWSER) {
    useEffect(() => {
      for (const child of toChildArray(props.children)) if (isValidElement(child)) applyToHead(child);
    });
  }
  return null;
}

function applyToHead(element: VNode): void {
  const props = element.props as { name?: unknown; content?: unknown; children?: ComponentChildren };
  if (element.type === "title") {
    document.title = toChildArray(props.children).join("");
  } else if (element.type === "meta" && typeof props.name === "string") {
    let meta = document.head.querySelector(`meta[name="${CSS.escape(props.name)}"]`);
    if (meta === null) {
      meta = document.createElement("meta");
      meta.setAttribute("name", props.name);
      document.head.append(meta);
    }
    meta.setAttribute("content", String(props.content ?? ""));
  }
}
