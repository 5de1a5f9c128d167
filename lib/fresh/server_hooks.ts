/** What happens to elements while the server renders a page: islands, head, nonces, asset URLs. */
import {
  type ComponentChild,
  type ComponentChildren,
  type ComponentType,
  Fragment,
  h,
  isValidElement,
  options,
  type VNode,
} from "preact";
import { lockedSources } from "./asset.ts";
import { RELOAD_PATH } from "./development.ts";
import { headKey, linkMarks, type Page, type Props } from "./page_state.ts";
import { encode, isSignal, SlotRef } from "./wire.ts";
import { Head } from "./runtime.ts";

/** Preact's own names for the parent and for the hook before an element is rendered. */
interface InternalVNode {
  type: unknown;
  props: Props;
  key: unknown;
  __: InternalVNode | null;
}

let page: Page | null = null;

/** Rendering is synchronous, so one page at a time is being rendered in the whole process. */
export function renderingPage<T>(which: Page, render: () => T): T {
  const before = page;
  page = which;
  try {
    return render();
  } finally {
    page = before;
  }
}

/** What an element was before it was changed for one page: the same element may be rendered for others. */
const originals = new WeakMap<InternalVNode, { type: unknown; props: Props }>();
const islandWrappers = new WeakMap<ComponentType, ComponentType<Props>>();
const isWrapper = new WeakSet<object>();

const HEAD_ELEMENTS = new Set(["title", "meta", "link", "base", "style", "script", "noscript", "template"]);

const hooks = options as unknown as { __b?: (vnode: InternalVNode) => void };
const before = hooks.__b;
hooks.__b = (vnode) => {
  if (page !== null) prepare(page, vnode);
  before?.(vnode);
};

function prepare(current: Page, vnode: InternalVNode): void {
  const original = originals.get(vnode);
  if (original !== undefined) Object.assign(vnode, original);
  const { type, props } = vnode;
  const changed = typeof type === "string"
    ? changedElement(current, vnode, type)
    : typeof type === "function" && type !== Fragment
    ? changedComponent(current, vnode, type as ComponentType)
    : null;
  if (changed === null) return;
  originals.set(vnode, { type, props });
  Object.assign(vnode, changed);
}

function changedComponent(
  current: Page,
  vnode: InternalVNode,
  type: ComponentType,
): { type: unknown } | null {
  if (type === Head as unknown) return { type: HeadCollector };
  if (!current.build?.islands.has(type) || isInsideIsland(vnode)) return null;
  return { type: wrapperOf(type) };
}

function changedElement(
  current: Page,
  vnode: InternalVNode,
  type: string,
): { type?: unknown; props?: Props } | null {
  const { props } = vnode;
  if (HEAD_ELEMENTS.has(type)) return changedHeadElement(current, vnode, type);
  switch (type) {
    case "html":
      current.seen.add(type);
      return null;
    case "head":
      current.seen.add(type);
      return { props: { ...props, children: [props.children, h(RestOfHead, null)] } };
    case "body":
      current.seen.add(type);
      return { props: { ...props, children: [props.children, h(BootScript, null)] } };
    case "a": {
      const marks = linkMarks(current.pathname, props);
      return marks === null ? null : { props: { ...props, ...marks } };
    }
    default: {
      const locked = lockedSources(type, props, current.basePath);
      return locked === null ? null : { props: locked };
    }
  }
}

function changedHeadElement(
  current: Page,
  vnode: InternalVNode,
  type: string,
): { type?: unknown; props?: Props } | null {
  const key = headKey(type, vnode.key, vnode.props);
  const props = { ...vnode.props };
  if (vnode.key !== undefined && vnode.key !== null) props["data-key"] = vnode.key;
  if ((type === "style" || type === "script") && !props["nonce"]) props["nonce"] = current.nonce;
  if (hasAncestor(vnode, (ancestor) => ancestor.type === HeadCollector)) {
    current.head.set(key, { type, props });
    return { type: Nothing };
  }
  // Outside of the head too, as in Fresh.
  const better = current.head.get(key);
  if (better === undefined) return { props };
  current.head.delete(key);
  return better;
}

function hasAncestor(vnode: InternalVNode, matches: (ancestor: InternalVNode) => boolean): boolean {
  for (let ancestor = vnode.__; ancestor; ancestor = ancestor.__) if (matches(ancestor)) return true;
  return false;
}

/** Islands that an island renders itself are part of it; those handed to it as JSX are not. */
function isInsideIsland(vnode: InternalVNode): boolean {
  for (let ancestor = vnode.__; ancestor; ancestor = ancestor.__) {
    if (ancestor.type === Slot) return false;
    if (typeof ancestor.type === "function" && isWrapper.has(ancestor.type)) return true;
  }
  return false;
}

function Nothing(): null {
  return null;
}

function HeadCollector(props: Props): VNode {
  return h(Fragment, null, props.children);
}

/** What pages put into the head and nothing there replaced. */
export function headElements(current: Page): ComponentChild[] {
  const items = [...current.head.values()];
  current.head.clear();
  return items.map(({ type, props }) => h(type, props));
}

function RestOfHead(): VNode | null {
  return page === null ? null : h(Fragment, null, headElements(page));
}

function comment(text: string): VNode {
  return h(Fragment, { UNSTABLE_comment: text } as Record<string, unknown>);
}

function wrapperOf(component: ComponentType): ComponentType<Props> {
  let wrapper = islandWrappers.get(component);
  if (wrapper === undefined) {
    wrapper = (props: Props) => renderIsland(component as ComponentType<Props>, props);
    islandWrappers.set(component, wrapper);
    isWrapper.add(wrapper);
  }
  return wrapper;
}

function renderIsland(component: ComponentType<Props>, props: Props): VNode {
  const island = page?.build?.islands.get(component as ComponentType);
  if (page === null || island === undefined) return h(component, props);
  const sent: Record<string, unknown> = {};
  const shown: Props = {};
  for (const [name, value] of Object.entries(props)) {
    if (name !== "children" && !isElement(value)) {
      sent[name] = shown[name] = value;
      continue;
    }
    const id = page.slots.push({ children: value as ComponentChildren, isRendered: false }) - 1;
    sent[name] = new SlotRef(id);
    shown[name] = h(Slot, { id });
  }
  page.islands.add(island);
  const index = page.props.push(sent) - 1;
  return h(
    Fragment,
    null,
    comment(`frsh:island:${island.name}:${index}`),
    h(component, shown),
    comment("/frsh:island"),
  );
}

/** Signals look like elements to Preact and are not. A list of JSX is one only as `children`. */
function isElement(value: unknown): boolean {
  return typeof value === "object" && value !== null && !isSignal(value) && isValidElement(value);
}

/** JSX that was handed to an island: rendered here, found again in the page by the browser. */
function Slot({ id }: { id: number }): VNode | null {
  const slot = page?.slots[id];
  if (slot === undefined) return null;
  slot.isRendered = true;
  return h(Fragment, null, comment(`frsh:slot:${id}`), slot.children, comment("/frsh:slot"));
}

/** Last in the body: JSX that an island holds back for later, and the script that revives the islands. */
function BootScript(): ComponentChild {
  if (page === null) return null;
  const reload = page.build?.mode === "development"
    ? h("script", { type: "module", src: RELOAD_PATH })
    : null;
  if (page.islands.size === 0) return reload;
  return h(Fragment, null, h(HeldSlots, { from: 0 }), h(InlineModule, null), reload);
}

/** What is held back may hold islands that hold back more: those come in the next round. */
function HeldSlots({ from }: { from: number }): ComponentChild {
  const slots = page?.slots ?? [];
  if (from >= slots.length) return null;
  const held: ComponentChild[] = [];
  for (let id = from; id < slots.length; id++) {
    if (!slots[id]?.isRendered) held.push(h("template", { id: `frsh-slot-${id}` }, h(Slot, { id })));
  }
  return h(Fragment, null, held, h(HeldSlots, { from: slots.length }));
}

function InlineModule(): ComponentChild {
  const client = page?.build?.client;
  if (page === null || client === undefined) return null;
  const from = (url: string) => scriptText(JSON.stringify(page?.basePath + url));
  const islands = [...page.islands];
  const imports = islands.map(({ exportName, name, url }) =>
    exportName === "default"
      ? `import ${name} from ${from(url)};`
      : `import {${exportName} as ${name}} from ${from(url)};`
  );
  const code = [
    `import {boot} from ${from(client.url)};`,
    ...imports,
    `boot({${islands.map(({ name }) => name).join(",")}},${scriptText(JSON.stringify(encode(page.props)))});`,
  ].join("");
  return h("script", { type: "module", nonce: page.nonce, dangerouslySetInnerHTML: { __html: code } });
}

/** No `<` can end the script element or open a comment in it. */
function scriptText(json: string): string {
  return json.replace(
    /[<>\u2028\u2029]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
