/**
 * How the pages' scripts hear that a form was taken, so that they forget its draft (UI-10): before a form is sent, the
 * script writes an id into this cookie; the redirect after the form returns it with a mark. `lib/browser/form_delivery.ts`
 * is the other side.
 */
const cookieName = "behest_form";
const pattern = /(?:^|;\s*)behest_form=([0-9a-f-]{36})(?:;|$)/;
const keptSeconds = 3600;

/** `Set-Cookie` for the answer to a form; null where the answer is not the redirect of one that was taken. */
export function takenCookie(request: Request, response: Response, secure: boolean): string | null {
  if (request.method !== "POST" || response.status !== 303) return null;
  const id = pattern.exec(request.headers.get("cookie") ?? "")?.[1];
  if (id === undefined) return null;
  // Scripts read it.
  const parts = [`${cookieName}=taken.${id}`, "Path=/", "SameSite=Strict", `Max-Age=${keptSeconds}`];
  return [...parts, ...(secure ? ["Secure"] : [])].join("; ");
}
