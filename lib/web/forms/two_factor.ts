import type { Context } from "fresh";
import { ssoBrowserOf } from "../authentication.ts";
import type { PersonState } from "../define.ts";
import { filled, jsonIn } from "./form.ts";
import {
  checked,
  credentialId,
  passkeyBody,
  passwordAndCode,
  passwordProof,
  Refusal,
  totpConfirm,
  twoFactorPolicy,
  twoFactorReset,
  username,
} from "../../protocol/mod.ts";

/** What a form of one's own page came to: a notice, something that is shown this once, or that a code was not right. */
export type TwoFactorDone =
  | {
    kind: "notice";
    notice: "app-removed" | "passkey-added" | "passkey-removed" | "sso-linked" | "sso-unlinked";
  }
  | { kind: "codes"; codes: readonly string[]; added: boolean }
  | { kind: "begun"; secret: string; uri: string };

/** Each form has a password of its own, so that each field has a name of its own: what a refusal names, by the action. */
export const fieldNames: Readonly<Record<string, Record<string, string>>> = {
  app: { password: "appPassword" },
  confirm: { code: "appCode" },
  "remove-app": { password: "offPassword", code: "offCode" },
  codes: { password: "codesPassword" },
  passkey: { name: "passkeyName" },
  "remove-passkey": { password: "removePassword" },
};

/** Does what a form of the page asks for. */
export async function changeTwoFactor(
  ctx: Context<PersonState>,
  form: URLSearchParams,
): Promise<TwoFactorDone | Refusal> {
  const { twoFactor, sso } = ctx.state.services;
  const caller = ctx.state.caller;
  const field = (name: string) => form.get(name) ?? "";
  switch (form.get("action")) {
    case "app": {
      const body = checked(passwordProof, { password: field("appPassword") });
      const begun = body instanceof Refusal ? body : await twoFactor.beginTotp(caller, body);
      return begun instanceof Refusal ? begun : { kind: "begun", ...begun };
    }
    case "confirm": {
      const body = checked(totpConfirm, { code: field("appCode") });
      const done = body instanceof Refusal ? body : await twoFactor.confirmTotp(caller, body);
      return done instanceof Refusal ? done : { kind: "codes", codes: done.recoveryCodes, added: true };
    }
    case "remove-app": {
      const body = checked(passwordAndCode, { password: field("offPassword"), code: field("offCode") });
      const done = body instanceof Refusal ? body : await twoFactor.removeTotp(caller, body);
      return done instanceof Refusal ? done : { kind: "notice", notice: "app-removed" };
    }
    case "codes": {
      const body = checked(passwordProof, { password: field("codesPassword") });
      const done = body instanceof Refusal ? body : await twoFactor.newRecoveryCodes(caller, body);
      return done instanceof Refusal ? done : { kind: "codes", codes: done.recoveryCodes, added: false };
    }
    case "passkey": {
      const response = jsonIn(field("passkey"));
      const body = checked(passkeyBody, { name: filled(form, "passkeyName") ?? "", response });
      const done = body instanceof Refusal ? body : await twoFactor.addPasskey(caller, body);
      if (done instanceof Refusal) return done;
      if (done.recoveryCodes === null) return { kind: "notice", notice: "passkey-added" };
      return { kind: "codes", codes: done.recoveryCodes, added: true };
    }
    case "remove-passkey": {
      const id = credentialId.safeParse(field("id"));
      const body = checked(passwordProof, { password: field("removePassword") });
      if (body instanceof Refusal) return body;
      const done = await twoFactor.removePasskey(caller, id.success ? id.data : "", body);
      return done instanceof Refusal ? done : { kind: "notice", notice: "passkey-removed" };
    }
    case "sso-link": {
      const done = await sso.confirm(caller, field("state"), ssoBrowserOf(ctx.req));
      return done instanceof Refusal ? done : { kind: "notice", notice: "sso-linked" };
    }
    case "sso-unlink": {
      const done = await sso.unlink(caller);
      return done instanceof Refusal ? done : { kind: "notice", notice: "sso-unlinked" };
    }
    default:
      return new Refusal("invalid_params", "form.buttons");
  }
}

/** The same for the page of administrators. */
export async function administerTwoFactor(
  ctx: Context<PersonState>,
  form: URLSearchParams,
): Promise<"saved" | "reset" | Refusal> {
  const { twoFactor } = ctx.state.services;
  const caller = ctx.state.caller;
  switch (form.get("action")) {
    case "roles": {
      const policy = checked(twoFactorPolicy, { roles: form.getAll("role") });
      const done = policy instanceof Refusal ? policy : await twoFactor.setPolicy(caller, policy);
      return done instanceof Refusal ? done : "saved";
    }
    case "reset": {
      const reason = form.get("reason")?.replaceAll("\r\n", "\n").trim() ?? "";
      const body = checked(twoFactorReset, { reason });
      if (body instanceof Refusal) return body;
      const name = username.safeParse(form.get("username")?.trim().replace(/^@/, "") ?? "");
      const done = await twoFactor.reset(caller, name.success ? name.data : "", body);
      return done instanceof Refusal ? done : "reset";
    }
    default:
      return new Refusal("invalid_params", "form.buttons");
  }
}
