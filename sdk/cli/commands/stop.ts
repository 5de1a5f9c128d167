import { type Arguments, exits } from "../arguments.ts";
import { asking, contextOf, outboxOf } from "../context.ts";
import { ask } from "../terminal.ts";

export const options = {} as const;

/** `stop`: everything of the person stops, everywhere (CO-6). Tries until the server has answered. */
export async function stop(args: Arguments): Promise<number> {
  const context = await contextOf(args);
  // A stop that is cut off here is sent by the next run: it is in the outbox. The device's own connection stays, and so do
  // the commands that it has seen.
  await using behest = await asking(context, { outbox: await outboxOf(context) });
  behest.client.on("connection", (state) => {
    if (state.kind === "offline") context.output.say(`Not stopped yet: ${state.reason}. Trying again.`);
  });
  behest.client.connect();
  const { since } = await behest.client.request("safety.stop", {});
  context.output.result({ stopped: true, since }, "Stopped. Nothing is delivered until you resume.");
  return exits.ok;
}

/** `resume`: asks at the terminal first; no script resumes for a person. */
export async function resume(args: Arguments): Promise<number> {
  const context = await contextOf(args);
  const answer = await ask("Resume deliveries to all your devices? Type resume: ");
  if (answer.toLowerCase() !== "resume") {
    context.output.say("Nothing was changed.");
    return exits.failed;
  }
  await using behest = await asking(context);
  behest.client.connect();
  await behest.client.whenOnline();
  await behest.client.request("safety.resume", { confirm: true });
  context.output.result({ stopped: false }, "Resumed.");
  return exits.ok;
}
