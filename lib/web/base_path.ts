/**
 * OP-10: the sub-path below which the server stands (`BEHEST_BASE_PATH`). It is taken away where requests come in and put back
 * where answers leave, so no route, page or service knows of it. What is no answer's header or page, such as the link of an
 * invitation, begins with `ctx.state.site`; scripts add it with `lib/browser/base_path.ts`.
 *
 * No address of ours begins with a sub-path (`lib/config/base_path.ts` refuses those), so one that does has it already.
 */

/** Takes the sub-path out of `req.url`. The answer for a request that is not below it; null for one that is. */
export function enter(req: Request, base: string): Response | null {
  const url = URL.parse(req.url);
  // A host that cannot be read is told so later.
  if (url === null) return null;
  const { pathname } = url;
  if (pathname === base && (req.method === "GET" || req.method === "HEAD")) {
    return new Response(null, { status: 308, headers: { location: `${base}/${url.search}` } });
  }
  if (!pathname.startsWith(`${base}/`)) {
    return new Response(
      `Behest is at ${base}/ here. A proxy in front of it must pass paths on unchanged.\n`,
      { status: 404, headers: { "content-type": "text/plain; charset=utf-8" } },
    );
  }
  url.pathname = pathname.slice(base.length);
  // The same object: only the runtime's own request can become a socket.
  Object.defineProperty(req, "url", { value: url.href });
  return null;
}

/** Puts the sub-path before the addresses in an answer's headers and, if it is a page, in its elements. */
export async function leave(response: Response, base: string): Promise<Response> {
  if (response.status === 101) return response;
  const { headers } = response;
  const at = (path: string) => path === base || path.startsWith(`${base}/`) ? path : base + path;
  for (const name of ["location", "speculation-rules"]) {
    // The address of rules stands in quotation marks.
    const value = headers.get(name)?.replace(/^("?)(\/(?!\/).*)/, (_, mark, path) => mark + at(path));
    if (value !== undefined) headers.set(name, value);
  }
  const links = headers.get("link");
  if (links !== null) {
    headers.set(
      "link",
      links.replaceAll(/<(\/(?!\/)[^>]*)>/g, (_, path) => `<${at(path)}>`),
    );
  }
  const cookies = headers.getSetCookie();
  headers.delete("set-cookie");
  for (const cookie of cookies) {
    headers.append(
      "set-cookie",
      cookie.replace(/; Path=\/([^;]*)/, (_, rest) => `; Path=${rest === "" ? base : at(`/${rest}`)}`),
    );
  }
  if (response.body === null || !/^text\/html\b/.test(headers.get("content-type") ?? "")) return response;
  headers.delete("content-length");
  return new Response(inPage(await response.text(), at), response);
}

/** What people wrote cannot look like an element's address: the renderer writes `"` as `&quot;` in texts and in values. */
function inPage(html: string, at: (path: string) => string): string {
  return html
    .replaceAll(
      /(\s(?:href|src|action|formaction|poster)=")(\/(?!\/)[^"]*)/g,
      (_, name, path) => name + at(path),
    )
    // Of the script that makes islands live.
    .replaceAll(/(\bfrom ?")(\/_fresh\/)/g, (_, name, path) => name + at(path));
}
