/**
 * OP-10: the sub-path below which the server stands. Whatever a script asks for, goes to or draws begins with it; what comes from
 * the server's own elements does already. Every island imports this, directly or not, before it draws.
 */
import { options } from "preact";

/** The server says it on the page; "" at the root of a host, and on the server. */
export const base = globalThis.document?.documentElement.dataset.base ?? "";

/** A path of ours in this place. No path of ours begins with the sub-path, so one that does has it already. */
export function placed(path: string): string {
  return (path + "/").startsWith(base + "/") ? path : base + path;
}

if (base) {
  const before = options.vnode;
  options.vnode = (vnode) => {
    const props = vnode.props as Record<string, unknown>;
    // Elements only: a component's props are its own.
    if (typeof vnode.type === "string") {
      for (const name of ["href", "src", "action", "poster"]) {
        if (/^\/(?!\/)/.test(props[name] as string)) props[name] = placed(props[name] as string);
      }
    }
    before?.(vnode);
  };
}
