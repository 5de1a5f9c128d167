/**
 * `deno task sign-package KEY.pem`: signs `_package/SHA256SUMS` (Ed25519), as `SHA256SUMS.sig`. The key is made and the
 * signature checked by openssl; docs/operations.md says how.
 */
import { complain, say } from "../../lib/platform/console.ts";

/** `pem`: a private key as `openssl genpkey -algorithm ed25519` writes it (PKCS #8). */
export async function signatureOf(pem: string, bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array> {
  const [, body] = /-----BEGIN PRIVATE KEY-----([^-]+)-----END PRIVATE KEY-----/.exec(pem) ?? [];
  if (body === undefined) throw new Error("it holds no private key as openssl genpkey writes it");
  const der = Uint8Array.from(atob(body.replace(/\s/g, "")), (letter) => letter.charCodeAt(0));
  const key = await crypto.subtle.importKey("pkcs8", der, "Ed25519", false, ["sign"]);
  return new Uint8Array(await crypto.subtle.sign("Ed25519", key, bytes));
}

if (import.meta.main) {
  const [path] = Deno.args;
  if (path === undefined) {
    complain("Name the key: deno task sign-package KEY.pem");
    Deno.exit(2);
  }
  try {
    const sums = await Deno.readFile("_package/SHA256SUMS");
    await Deno.writeFile("_package/SHA256SUMS.sig", await signatureOf(await Deno.readTextFile(path), sums));
    say("_package/SHA256SUMS.sig");
  } catch (error) {
    complain(`Not signed: ${path}: ${error instanceof Error ? error.message : error}`);
    Deno.exit(1);
  }
}
