import { define } from "../../../../../../lib/web/define.ts";
import { adminUserChange, username } from "../../../../../../lib/protocol/mod.ts";
import { answerAs, asStaff, nameIn, withBody } from "../../../../../../lib/web/rest.ts";

export const handler = define.handlers({
  GET: (ctx) =>
    asStaff(ctx, "moderator", async (caller) => {
      const { users } = ctx.state.services;
      return answerAs("user", await users.get(caller, nameIn(ctx, "username", username)));
    }),
  PATCH: (ctx) =>
    asStaff(ctx, "admin", (caller) =>
      withBody(ctx, adminUserChange, async (body) => {
        const { users } = ctx.state.services;
        return answerAs("user", await users.change(caller, nameIn(ctx, "username", username), body));
      })),
});
