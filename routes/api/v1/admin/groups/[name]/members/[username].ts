import { define } from "../../../../../../../lib/web/define.ts";
import { memberBody, slug, username } from "../../../../../../../lib/protocol/mod.ts";
import { answerAs, asStaff, done, nameIn, withBody } from "../../../../../../../lib/web/rest.ts";

/** BR-6: for administrators and the group's owners; for everybody else the service knows no such group. */
export const handler = define.handlers({
  PUT: (ctx) =>
    asStaff(ctx, "owner", (caller) =>
      withBody(ctx, memberBody, async (body) => {
        const { groups } = ctx.state.services;
        const [name, member] = [nameIn(ctx, "name", slug), nameIn(ctx, "username", username)];
        return answerAs("group", await groups.setMember(caller, name, member, body));
      })),
  DELETE: (ctx) =>
    asStaff(ctx, "owner", async (caller) => {
      const { groups } = ctx.state.services;
      const [name, member] = [nameIn(ctx, "name", slug), nameIn(ctx, "username", username)];
      return done(await groups.removeMember(caller, name, member));
    }),
});
