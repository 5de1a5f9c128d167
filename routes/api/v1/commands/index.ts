import { admit } from "../../../../lib/web/admission.ts";
import { definePerson } from "../../../../lib/web/define.ts";
import { answer } from "../../../../lib/web/problems.ts";
import { call } from "../../../../lib/web/rest.ts";
import { commandDraft, commandListQuery, commandSendQuery, Refusal } from "../../../../lib/protocol/mod.ts";

/** AU-11: as `command.list` and `command.send`, so that one request of a script reads or sends. */
export const handler = definePerson.api({
  GET: call(
    { query: commandListQuery },
    ({ services, caller, query }) => services.commands.list(caller, query),
  ),
  /** With `wait`: 201 once the person has answered, 202 when they have not yet. */
  POST: call({ status: 201, query: commandSendQuery, body: commandDraft }, async (asked) => {
    const { ctx, services: { commands }, caller, query: { wait }, body } = asked;
    if (wait === undefined) return await commands.send(caller, body);
    const waited = await commands.sendAndWait(caller, body, { seconds: wait, gone: ctx.req.signal });
    if (waited instanceof Refusal) return waited;
    // AU-3: the session may have ended during the wait.
    const refused = await admit(ctx);
    if (refused !== undefined) return refused;
    const { answered, ...sent } = waited;
    if (answered) return sent;
    const response = answer(sent, 202);
    response.headers.set("location", `/api/v1/commands/${sent.command.id}`);
    return response;
  }),
});
