import type { Context } from "fresh";
import type { PersonState } from "../define.ts";
import { inviteUrl } from "../invites.ts";
import {
  type Answer,
  checked,
  inviteBody,
  type InviteMade,
  limits,
  Refusal,
  say,
} from "../../protocol/mod.ts";

/** What was typed for a new invitation. */
export interface TypedInvite {
  uses: string;
  days: string;
}

export const typedInvite: TypedInvite = { uses: "1", days: String(limits.inviteDays) };

export function wantedInvite(form: URLSearchParams): TypedInvite {
  return { uses: form.get("uses")?.trim() ?? "", days: form.get("days")?.trim() ?? "" };
}

/** Creates an invitation from a form, with its link. */
export async function createdInvite(ctx: Context<PersonState>, form: URLSearchParams): Answer<InviteMade> {
  const { services, caller } = ctx.state;
  const { uses, days } = wantedInvite(form);
  const count = whole(days);
  if (count === null || count < 1 || count > limits.inviteDaysMax) {
    const between = say("field.between", { from: 1, to: limits.inviteDaysMax });
    return new Refusal("invalid_params", "form.fields", { fields: { expiresAt: between } });
  }
  const expiresAt = new Date(services.clock.now() + count * 24 * 3600_000).toISOString();
  const body = checked(inviteBody, { uses: whole(uses) ?? uses, expiresAt });
  if (body instanceof Refusal) return body;
  const made = await services.invites.create(caller, body);
  return made instanceof Refusal ? made : { ...made, url: inviteUrl(ctx.state.site, made.invite) };
}

function whole(text: string): number | null {
  return /^[0-9]{1,9}$/.test(text) ? Number(text) : null;
}
