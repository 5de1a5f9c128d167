import { define } from "../../../../lib/web/define.ts";
import { pushAnswer } from "../../../../lib/protocol/mod.ts";
import { openCall } from "../../../../lib/web/rest.ts";

/** UI-12: a notification's button was pressed. Its ticket is all that it needs. */
export const handler = define.api({
  POST: openCall(
    { body: pushAnswer },
    ({ services, origin, body }) =>
      services.pushAnswers.answer({ address: origin.address, requestId: origin.requestId }, body),
  ),
});
