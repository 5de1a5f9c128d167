import { define } from "../../../../lib/web/define.ts";
import { hookDraft } from "../../../../lib/web/hook_draft.ts";
import { openCall } from "../../../../lib/web/rest.ts";
import { checked, commandDraft, hookInput, Refusal } from "../../../../lib/protocol/mod.ts";

/** AU-11: takes any JSON and sends what the token's template makes of it. The address is the secret. */
export const handler = define.api({
  POST: openCall({ body: hookInput }, async ({ ctx, services, origin, body }) => {
    const known = await services.accounts.authenticateHook(ctx.params.token ?? "", origin);
    if (known instanceof Refusal) return known;
    const { headers } = ctx.req;
    const key = headers.get("idempotency-key") ?? headers.get("webhook-id") ?? ctx.state.requestId;
    const draft = checked(commandDraft, hookDraft(known.hook, body, key));
    if (draft instanceof Refusal) return draft;
    const sent = await services.commands.send(known.caller, draft);
    // Who has the address only sends: nothing of the audience is told.
    return sent instanceof Refusal ? sent : Response.json({ id: sent.command.id }, {
      status: 201,
      headers: { "cache-control": "no-store" },
    });
  }),
});
