import type { Context } from "fresh";
import type { State } from "./web/define.ts";
import { callerOf } from "./web/pages.ts";
import { Refusal } from "./protocol/mod.ts";

/** The time zone of the person's profile: how times are meant that a form without scripts sends. */
export async function zoneOf(ctx: Context<State>): Promise<string> {
  const profile = await ctx.state.services.profiles.get(callerOf(ctx.state));
  return profile instanceof Refusal ? "UTC" : profile.timeZone;
}
