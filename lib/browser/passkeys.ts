/**
 * Translates between the server's JSON and the bytes of `navigator.credentials` (WebAuthn Level 3, section 5.1.9). Not every
 * browser with passkeys has these translations itself.
 */
interface Described {
  id: string;
  transports?: AuthenticatorTransport[];
}

interface CreationJson {
  challenge: string;
  rp: PublicKeyCredentialRpEntity;
  user: { id: string; name: string; displayName: string };
  pubKeyCredParams: PublicKeyCredentialParameters[];
  timeout?: number;
  excludeCredentials?: Described[];
  authenticatorSelection?: AuthenticatorSelectionCriteria;
}

interface RequestJson {
  challenge: string;
  rpId?: string;
  timeout?: number;
  userVerification?: UserVerificationRequirement;
}

/** Whether this page can use passkeys: they need TLS or localhost, a host name and a browser that has them. */
export function hasPasskeys(): boolean {
  return isSecureContext && typeof PublicKeyCredential === "function" &&
    !/^[0-9.]+$|^\[/.test(location.hostname);
}

/** Creates a passkey and returns it as JSON for the server; null if the person or the device refused. */
export async function createPasskey(options: unknown): Promise<string | null> {
  const { challenge, user, excludeCredentials = [], rp, pubKeyCredParams, timeout, authenticatorSelection } =
    options as CreationJson;
  const credential = await navigator.credentials.create({
    publicKey: {
      rp,
      pubKeyCredParams,
      attestation: "none",
      ...(timeout === undefined ? {} : { timeout }),
      ...(authenticatorSelection === undefined ? {} : { authenticatorSelection }),
      challenge: bytesOf(challenge),
      user: { ...user, id: bytesOf(user.id) },
      excludeCredentials: excludeCredentials.map(({ id, transports = [] }) => ({
        type: "public-key",
        id: bytesOf(id),
        transports,
      })),
    },
  }).catch(() => null);
  if (credential === null) return null;
  const made = credential as PublicKeyCredential;
  const response = made.response as AuthenticatorAttestationResponse;
  return jsonOf(made, {
    clientDataJSON: textOf(response.clientDataJSON),
    attestationObject: textOf(response.attestationObject),
    transports: response.getTransports?.() ?? [],
  });
}

/** Signs with a passkey and returns the answer as JSON for the server; null if the person or the device refused. */
export async function showPasskey(options: unknown): Promise<string | null> {
  const { challenge, rpId, timeout, userVerification } = options as RequestJson;
  const credential = await navigator.credentials.get({
    publicKey: {
      challenge: bytesOf(challenge),
      ...(rpId === undefined ? {} : { rpId }),
      ...(timeout === undefined ? {} : { timeout }),
      ...(userVerification === undefined ? {} : { userVerification }),
    },
  }).catch(() => null);
  if (credential === null) return null;
  const shown = credential as PublicKeyCredential;
  const response = shown.response as AuthenticatorAssertionResponse;
  return jsonOf(shown, {
    clientDataJSON: textOf(response.clientDataJSON),
    authenticatorData: textOf(response.authenticatorData),
    signature: textOf(response.signature),
    ...(response.userHandle === null ? {} : { userHandle: textOf(response.userHandle) }),
  });
}

function jsonOf({ id, rawId, type }: PublicKeyCredential, response: object): string {
  return JSON.stringify({ id, rawId: textOf(rawId), type, response });
}

function bytesOf(base64url: string): Uint8Array<ArrayBuffer> {
  const text = atob(base64url.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(text, (letter) => letter.charCodeAt(0));
}

function textOf(buffer: ArrayBuffer): string {
  const text = String.fromCharCode(...new Uint8Array(buffer));
  return btoa(text).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}
