import { Decrypter, Encrypter } from "age-encryption";
import { BackupProblem } from "./manifest.ts";

type Bytes = ReadableStream<Uint8Array>;

/** How an archive is encrypted. */
export interface Sealing {
  seal(plain: Bytes): Promise<Bytes>;
}

/** No encryption. */
export const unsealed: Sealing = { seal: (plain) => Promise.resolve(plain) };

/**
 * Encryption to a public key of age, `age1…`: a machine that makes backups then cannot read them. Throws a `BackupProblem` for
 * anything else.
 */
export function sealedFor(recipient: string): Sealing {
  const encrypter = new Encrypter();
  try {
    encrypter.addRecipient(recipient);
  } catch {
    throw new BackupProblem(
      `"${recipient}" is no public key of age. It begins with age1; age-keygen makes one.`,
    );
  }
  return { seal: (plain) => encrypter.encrypt(plain) };
}

/** Whether a file is encrypted by age. */
export async function isSealed(path: string): Promise<boolean> {
  const mark = new TextEncoder().encode("age-encryption.org/v1");
  const bytes = new Uint8Array(mark.length);
  using file = await Deno.open(path, { read: true });
  return await file.read(bytes) === mark.length && bytes.every((byte, at) => byte === mark[at]);
}

/**
 * Decrypts with the text of age's key file: lines that begin with `AGE-SECRET-KEY-`. Throws a `BackupProblem` when no key
 * fits.
 */
export async function unseal(sealed: Bytes, keyFileText: string): Promise<Bytes> {
  const decrypter = new Decrypter();
  const identities = keyFileText.split("\n").map((line) => line.trim()).filter((line) =>
    line !== "" && !line.startsWith("#")
  );
  try {
    for (const identity of identities) decrypter.addIdentity(identity);
    return await decrypter.decrypt(sealed);
  } catch {
    throw new BackupProblem(
      "This key does not open the backup. Name the file of the key that it was made for.",
    );
  }
}
