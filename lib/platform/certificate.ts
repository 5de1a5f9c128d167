import { createPrivateKey, X509Certificate } from "node:crypto";

/** Paths of PEM files: the certificate with those that signed it behind it, and its private key. */
export interface CertificateFiles {
  cert: string;
  key: string;
}

/** A certificate and its key, as PEM, and when it ends. */
export interface Certificate extends CertificateFiles {
  endsAtMs: number;
}

/** Reads both files. Throws with one line for the operator where they cannot serve, as when only one of them was replaced yet. */
export async function readCertificate(files: CertificateFiles): Promise<Certificate> {
  const [cert, key] = await Promise.all([text(files.cert), text(files.key)]);
  let first: X509Certificate;
  try {
    first = new X509Certificate(cert);
  } catch {
    throw new Error(`${files.cert} holds no certificate in PEM`);
  }
  let fits = false;
  try {
    fits = first.checkPrivateKey(createPrivateKey(key));
  } catch {
    throw new Error(`${files.key} holds no private key in PEM without a password`);
  }
  if (!fits) throw new Error(`${files.key} is not the key of the certificate in ${files.cert}`);
  return { cert, key, endsAtMs: Date.parse(first.validTo) };
}

async function text(path: string): Promise<string> {
  try {
    return await Deno.readTextFile(path);
  } catch (error) {
    throw new Error(`${path} cannot be read (${error instanceof Error ? error.name : String(error)})`);
  }
}
