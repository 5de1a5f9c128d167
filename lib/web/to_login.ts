import { renewalPath, stays } from "./authentication.ts";
import { carryToLogin } from "./forms/carried.ts";
import { seeOther } from "./pages.ts";

/**
 * For a page's request without a session: to the renewal in a browser that stays logged in (AU-13), otherwise to the login. A
 * form goes along: the browser repeats it (307).
 */
export function toRenewalOrLogin(request: Request, url: URL, headers: HeadersInit = {}): Response {
  if (!stays(request)) return toLogin(request, url, headers);
  const path = `${renewalPath}?next=${encodeURIComponent(url.pathname + url.search)}`;
  return request.method === "POST" ? repeatAt(path) : seeOther(path);
}

/** To the login, with the way back after it; a form with words goes along (UI-10). */
export function toLogin(request: Request, url: URL, headers: HeadersInit = {}): Response {
  const carrying = carryToLogin(request, url);
  if (carrying !== null) return repeatAt(carrying, headers);
  const here = url.pathname + url.search;
  const isPage = here !== "/" && (request.method === "GET" || request.method === "HEAD");
  return seeOther(isPage ? `/login?next=${encodeURIComponent(here)}` : "/login", headers);
}

/** The browser repeats its request, with the form in it, at another address. */
export function repeatAt(path: string, headers: HeadersInit = {}): Response {
  const response = new Response(null, { status: 307, headers });
  response.headers.set("location", path);
  return response;
}
