import type { PushDevice } from "../../typescript/mod.ts";
import { type Arguments, exits, text, UsageError } from "../arguments.ts";
import { contextOf, loggedIn } from "../context.ts";

export const options = {
  p256dh: { type: "string" },
  auth: { type: "string" },
  device: { type: "string" },
} as const;

/** `push list`, `push key`, `push add URL --p256dh KEY --auth SECRET`, `push test ID`, `push remove ID` (UI-12). */
export async function run(args: Arguments): Promise<number> {
  const [what, name, ...more] = args.positionals;
  if (more.length === 0) {
    if (what === "list" && name === undefined) return await list(args);
    if (what === "key" && name === undefined) return await key(args);
    if (what === "add" && name !== undefined) return await add(args, name);
    if (what === "test" && name !== undefined) return await test(args, name);
    if (what === "remove" && name !== undefined) return await remove(args, name);
  }
  throw new UsageError(
    "Use: behest push list, key, add URL --p256dh KEY --auth SECRET [--device NAME], test ID, or remove ID",
  );
}

/** Why a device does not ring: what holds everything, and what each push service said. */
async function list(args: Arguments): Promise<number> {
  const context = await contextOf(args);
  await using behest = await loggedIn(context);
  const { devices, holds } = await behest.pushes.list();
  if (holds?.rule === "stopped") context.output.say("You stopped everything, so nothing rings.");
  if (holds?.rule === "quiet_hours") context.output.say(`Quiet hours: nothing rings until ${holds.until}.`);
  for (const device of devices) context.output.result({ device }, told(device));
  return exits.ok;
}

/** What a UnifiedPush connector is given when it registers. */
async function key(args: Arguments): Promise<number> {
  const context = await contextOf(args);
  await using behest = await loggedIn(context);
  const key = await behest.pushes.key();
  if (key === null) {
    context.output.say("Notifications are off on this server. Its operator can turn them on.");
    return exits.failed;
  }
  context.output.result({ key }, key);
  return exits.ok;
}

async function add(args: Arguments, endpoint: string): Promise<number> {
  const { values } = args;
  const [p256dh, auth] = [text(values, "p256dh"), text(values, "auth")];
  if (p256dh === undefined || auth === undefined) {
    throw new UsageError(
      "Name the device’s keys too, as its connector gives them: --p256dh KEY --auth SECRET",
    );
  }
  const context = await contextOf(args);
  const device = text(values, "device") ?? context.profile.device;
  await using behest = await loggedIn(context);
  await behest.pushes.subscribe({ endpoint, keys: { p256dh, auth }, device });
  context.output.result({ added: endpoint }, "Added. The device is told of what comes from now on.");
  return exits.ok;
}

async function test(args: Arguments, id: string): Promise<number> {
  const context = await contextOf(args);
  await using behest = await loggedIn(context);
  const device = await behest.pushes.test(id);
  context.output.result({ device }, told(device));
  return device.last?.outcome === "sent" ? exits.ok : exits.failed;
}

async function remove(args: Arguments, id: string): Promise<number> {
  const context = await contextOf(args);
  await using behest = await loggedIn(context);
  await behest.pushes.remove(id);
  context.output.result({ removed: id }, "Removed. That device is told no more.");
  return exits.ok;
}

function told({ id, device, service, last }: PushDevice): string {
  const said = last === null ? "not tried" : `${last.outcome} ${last.status ?? "(no answer)"} ${last.at}`;
  return `${id}  ${service}  ${device}  ${said}`;
}
