import { define } from "../../../../../../lib/web/define.ts";
import { sanctionBody, username } from "../../../../../../lib/protocol/mod.ts";
import { answerAs, asStaff, nameIn, withBody } from "../../../../../../lib/web/rest.ts";

export const handler = define.handlers({
  POST: (ctx) =>
    asStaff(ctx, "moderator", (caller) =>
      withBody(ctx, sanctionBody, async (body) => {
        const { users } = ctx.state.services;
        return answerAs(
          "sanction",
          await users.sanction(caller, nameIn(ctx, "username", username), body),
          201,
        );
      })),
});
