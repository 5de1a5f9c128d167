/**
 * OP-10: the sub-path below which the server stands. Whatever a script asks for, goes to or draws begins with it; what comes from
 * the server's own elements does already. Every island imports this, directly or not, before it draws.
 */
import { options } from "preact";

/** The server says it on the page; "" at the root of a host, and on the server. */
export const base = globalThis.document?.documentElement.dataset.base ?? "";

/** A path of ours in this place. No path of ours begins with the sub-path, so one that does has it already. */
export function placed(path: string): string {
  return path === base || path.startsWith(base + "/") ? path : base + path;
}

/** For cookies of the whole server. */
export const cookiePath = base || "/";

if (base !== "") {
  const before = options.vnode;
  options.vnode = (vnode) => {
    const props = vnode.props as Record<string, unknown>;
    if (typeof vnode.type === "string") {
      for (const name of ["href", "src", "action", "formAction", "formaction", "poster"]) {
        const path = props[name];
        if (typeof path === "string" && /^\/(?!\/)/.test(path)) props[name] = placed(path);
      }
    }
    before?.(vnode);
  };
}
