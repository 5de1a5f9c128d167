/** The browser's side of islands: finds them in the page and makes them live. */
import { computed, signal } from "@preact/signals";
import { type ComponentChild, type ComponentType, Fragment, h, options, render, type VNode } from "preact";
import { lockedSources } from "./asset.ts";
import { decode, SlotRef } from "./wire.ts";

type Props = Record<string, unknown>;
type Islands = Record<string, ComponentType<Props>>;

interface Range {
  start: Comment;
  end: Comment;
}

interface PageState {
  islands: Islands;
  props: Props[];
  slots: Map<number, Range>;
}

const hooks = options as unknown as { vnode?: (vnode: { type: unknown; props: Props }) => void };
const before = hooks.vnode;
hooks.vnode = (vnode) => {
  const locked = lockedSources(vnode.type, vnode.props);
  if (locked !== null) vnode.props = locked;
  before?.(vnode);
};

/** Called by the script that the server puts at the end of the page. */
export function boot(islands: Islands, data: string): void {
  const { roots, slots } = findMarkers(document.body);
  const props = decode(data, { signal, computed }) as Props[];
  const state: PageState = { islands, props, slots };
  for (const root of roots) {
    try {
      const vnode = islandVNode(state, root.start.data);
      render(vnode, rootBetween(root));
    } catch (error) {
      // One broken island must not keep the others dead.
      reportError(error);
    }
  }
}

/** Islands that stand in no other island, and the JSX that was handed to islands. */
function findMarkers(within: Node): { roots: Range[]; slots: Map<number, Range> } {
  const roots: Range[] = [];
  const slots = new Map<number, Range>();
  const open: Comment[] = [];
  const walker = document.createTreeWalker(within, NodeFilter.SHOW_COMMENT);
  const comments: Comment[] = [];
  for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) comments.push(node as Comment);
  for (const comment of comments) {
    if (comment.data.startsWith("frsh:")) {
      open.push(comment);
    } else if (comment.data === "/frsh:island" || comment.data === "/frsh:slot") {
      const start = open.pop();
      if (start === undefined) continue;
      const range = { start, end: comment };
      const slot = numberIn(start.data, "frsh:slot:");
      if (slot === null) {
        if (open.length === 0) roots.push(range);
      } else if (!slots.has(slot)) {
        slots.set(slot, range);
      }
    }
  }
  return { roots, slots };
}

function numberIn(marker: string, prefix: string): number | null {
  return marker.startsWith(prefix) ? Number(marker.slice(prefix.length)) : null;
}

/** `marker` is `frsh:island:NAME:INDEX`. */
function islandVNode(state: PageState, marker: string): VNode<Props> {
  const [, , name = "", index = ""] = marker.split(":");
  const component = state.islands[name];
  const sent = state.props[Number(index)];
  if (component === undefined || sent === undefined) {
    throw new Error(`The page names an unknown island: ${marker}`);
  }
  const props: Props = {};
  for (const [key, value] of Object.entries(sent)) {
    props[key] = value instanceof SlotRef ? slotVNode(state, value.id) : value;
  }
  return h(component, props);
}

function slotVNode(state: PageState, id: number): VNode {
  let range = state.slots.get(id);
  if (range === undefined) {
    const template = document.getElementById(`frsh-slot-${id}`);
    if (template instanceof HTMLTemplateElement) {
      for (const [inner, found] of findMarkers(template.content).slots) {
        if (!state.slots.has(inner)) state.slots.set(inner, found);
      }
      range = state.slots.get(id);
    }
  }
  if (range === undefined) return h(Fragment, null);
  return h(Fragment, null, ...toVNodes(state, range.start.nextSibling, range.end));
}

/** Elements for what the server rendered, with the islands in it live. */
function toVNodes(state: PageState, first: Node | null, end: Node | null): ComponentChild[] {
  const children: ComponentChild[] = [];
  for (let node = first; node !== null && node !== end; node = node.nextSibling) {
    if (node instanceof Text) {
      children.push(node.data);
    } else if (node instanceof Element) {
      children.push(h(node.localName, attributesOf(node), ...toVNodes(state, node.firstChild, null)));
    } else if (node instanceof Comment && node.data.startsWith("frsh:island:")) {
      children.push(islandVNode(state, node.data));
      node = closingOf(node);
    }
  }
  return children;
}

/** The comment that ends an island, past the islands in it. */
function closingOf(start: Comment): Comment {
  let depth = 0;
  for (let node: Node | null = start; node !== null; node = node.nextSibling) {
    if (!(node instanceof Comment)) continue;
    if (node.data.startsWith("frsh:island:")) depth++;
    else if (node.data === "/frsh:island" && --depth === 0) return node;
  }
  throw new Error(`The page does not end its island: ${start.data}`);
}

function attributesOf(element: Element): Props {
  const props: Props = {};
  for (const { name, value } of element.attributes) {
    // Set as properties these would be false for an empty text, which in HTML means true.
    const isSwitch = value === "" && typeof (element as unknown as Props)[name] === "boolean";
    props[name] = isSwitch ? true : value;
  }
  return props;
}

/**
 * A parent for Preact that holds only the nodes between two markers. The markers become empty texts because Preact
 * steps over comments when it looks for the place of the next node.
 */
function rootBetween(range: Range): Element {
  const parent = range.start.parentNode as Element;
  const start = new Text("");
  const end = new Text("");
  range.start.replaceWith(start);
  range.end.replaceWith(end);
  const root = {
    nodeType: Node.ELEMENT_NODE,
    namespaceURI: parent.namespaceURI,
    ownerDocument: parent.ownerDocument,
    parentNode: parent,
    get childNodes(): ChildNode[] {
      const nodes: ChildNode[] = [];
      for (let node = start.nextSibling; node !== null && node !== end; node = node.nextSibling) {
        nodes.push(node);
      }
      return nodes;
    },
    get firstChild(): ChildNode | null {
      return start.nextSibling === end ? null : start.nextSibling;
    },
    contains: (node: Node | null) => parent.contains(node),
    insertBefore: (node: Node, child: Node | null) => parent.insertBefore(node, child ?? end),
    appendChild: (node: Node) => parent.insertBefore(node, end),
    removeChild: (node: Node) => parent.removeChild(node),
  };
  return root as unknown as Element;
}
