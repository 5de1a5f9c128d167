import { z } from "zod";
import { limits } from "./limits.ts";
import { because } from "./message.ts";
import { role, staying } from "./people.ts";
import { name, reasonGiven } from "./text.ts";

/** AU-7 and AU-9: bodies and answers of the second factor, and of the end of an account. */

/** What is typed is only bounded: a wrong one is refused like any other wrong one. */
const typedPassword = z.string().max(limits.passwordMax);
const typedCode = z.string().max(64);

export const passkey = z.object({
  /** The credential's id, base64url. */
  id: z.string(),
  name: z.string(),
  createdAt: z.string(),
  lastUsedAt: z.string().nullable(),
});
export type Passkey = z.infer<typeof passkey>;

/** `recoveryCodes`: how many are left. `required`: the person's role must have a second factor. */
export const twoFactorState = z.object({
  totp: z.boolean(),
  recoveryCodes: z.number().int().nonnegative(),
  passkeys: z.array(passkey),
  required: z.boolean(),
});
export type TwoFactorState = z.infer<typeof twoFactorState>;

export const passwordProof = z.strictObject({ password: typedPassword });
/** Without a password a fresh proof is needed (AU-13). */
export const passkeyOptionsBody = z.strictObject({ password: typedPassword.optional() });
export const passwordAndCode = z.strictObject({ password: typedPassword, code: typedCode });

/** AU-13: what shows who somebody is, one of the three. A code is of the app, or a recovery code. */
export const proofBody = z.strictObject({
  password: typedPassword.optional(),
  code: typedCode.optional(),
  response: z.lazy(() => passkeyUsed).optional(),
}).refine(
  ({ password, code, response }) =>
    [password, code, response].filter((one) => one !== undefined).length === 1,
  {
    error: because("field.oneProof"),
    path: ["password"],
  },
);
export type ProofShown = z.infer<typeof proofBody>;
/** Until when dangerous calls of the session are taken. */
export const proofAnswer = z.object({ until: z.string() });
export type ProofAnswer = z.infer<typeof proofAnswer>;

/** The secret in base 32, and the same as an `otpauth:` address for a picture. */
export const totpBegun = z.object({ secret: z.string(), uri: z.string() });
export type TotpBegun = z.infer<typeof totpBegun>;
export const totpConfirm = z.strictObject({ code: typedCode });

/** Shown this once. */
export const recoveryCodeList = z.object({ recoveryCodes: z.array(z.string()) });
export type RecoveryCodeList = z.infer<typeof recoveryCodeList>;

const base64url = (most: number) =>
  z.string().min(1).max(most).regex(/^[A-Za-z0-9_-]+$/, { error: because("field.base64url") });

/** At most 1,023 bytes (WebAuthn, section 4, "Credential ID"). */
export const credentialId = base64url(1364);

/** What browsers add beside these is for others: it is left out, not refused. */
const credential = {
  id: credentialId,
  rawId: credentialId,
  type: z.literal("public-key"),
  authenticatorAttachment: z.enum(["platform", "cross-platform"]).optional().catch(undefined),
};

/** `PublicKeyCredential.toJSON()` after `navigator.credentials.create`. */
export const passkeyCreated = z.object({
  ...credential,
  response: z.object({
    clientDataJSON: base64url(4096),
    attestationObject: base64url(16_384),
    transports: z.array(z.string().max(32)).max(16).optional(),
  }),
});
export type PasskeyCreated = z.infer<typeof passkeyCreated>;

/** The same after `navigator.credentials.get`. */
export const passkeyUsed = z.object({
  ...credential,
  response: z.object({
    clientDataJSON: base64url(4096),
    authenticatorData: base64url(4096),
    signature: base64url(4096),
    userHandle: base64url(256).nullish(),
  }),
});
export type PasskeyUsed = z.infer<typeof passkeyUsed>;

export const passkeyBody = z.strictObject({ name: name(limits.passkeyName), response: passkeyCreated });
export const passkeyLoginBody = z.strictObject({ response: passkeyUsed, ...staying });
/** `recoveryCodes`: shown this once, with the first second factor; null with a later one. */
export const passkeyAdded = z.object({ passkey, recoveryCodes: z.array(z.string()).nullable() });
export type PasskeyAdded = z.infer<typeof passkeyAdded>;

/** Options for the browser, as `parseCreationOptionsFromJSON` and `parseRequestOptionsFromJSON` take them. */
export type PasskeyOptions = { challenge: string } & Record<string, unknown>;

/** Roles that must have a second factor. */
export const twoFactorPolicy = z.strictObject({
  roles: z.array(role).max(3).transform((roles) => [...new Set(roles)]),
});
export type TwoFactorPolicy = z.infer<typeof twoFactorPolicy>;
export const twoFactorReset = z.strictObject({ reason: reasonGiven(limits.note) });

/** AU-9. `code` where the person has a second factor. */
export const accountRemoval = z.strictObject({ password: typedPassword, code: typedCode.optional() });
