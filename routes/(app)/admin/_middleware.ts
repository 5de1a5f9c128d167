import { HttpError } from "fresh";
import { adminPlaces, isAt } from "../../../lib/web/places.ts";
import { define } from "../../../lib/web/define.ts";
import { callerOf } from "../../../lib/web/pages.ts";
import { wordsOf } from "../../../lib/words/mod.ts";

/** MO-4: whoever has no part in administration finds nothing here. Moderators have the places of theirs. */
export default define.middleware((ctx) => {
  const { role } = callerOf(ctx.state);
  const places = adminPlaces(wordsOf(ctx.state.language).frame, role);
  const allowed = role === "admin" || places.some(([place]) => isAt(ctx.url.pathname, place));
  if (!allowed) throw new HttpError(404);
  return ctx.next();
});
