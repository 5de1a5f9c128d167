import { HttpError } from "fresh";
import { adminPlaces, isAt } from "../../../lib/web/places.ts";
import { definePerson } from "../../../lib/web/define.ts";
import { wordsOf } from "../../../lib/words/mod.ts";

/** Pages of moderators that are reached from others alone. */
const besidePlaces = ["/admin/reports", "/admin/several"];

/** MO-4: whoever has no part in administration finds nothing here. Moderators have the places of theirs. */
export default definePerson.middleware((ctx) => {
  const { role } = ctx.state.caller;
  const places = adminPlaces(wordsOf(ctx.state.language).frame, role);
  const open = role === "moderator" ? [...places.map(({ path }) => path), ...besidePlaces] : [];
  const allowed = role === "admin" || open.some((path) => isAt(ctx.url.pathname, path));
  if (!allowed) throw new HttpError(404);
  return ctx.next();
});
