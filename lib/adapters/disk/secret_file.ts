const fileName = "secret.key";
const secretBytes = 32;

/**
 * Returns the secret that signs tokens: 32 random bytes in `secret.key` of the data directory, made at the first start and
 * readable only by its owner. Throws when the file has other content: a new secret would end every session.
 */
export async function loadSecret(dir: string): Promise<Uint8Array<ArrayBuffer>> {
  const path = `${dir}/${fileName}`;
  return await readSecret(path, "remove it to log everybody out") ?? await makeSecret(path);
}

/**
 * Returns the 32 bytes of a file; null when it does not exist. Throws for other content; `orElse` tells the operator what to
 * do.
 */
export async function readSecret(path: string, orElse: string): Promise<Uint8Array<ArrayBuffer> | null> {
  let bytes: Uint8Array<ArrayBuffer>;
  try {
    bytes = await Deno.readFile(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  }
  if (bytes.length !== secretBytes) {
    throw new Error(`${path} does not hold ${secretBytes} bytes: restore it from a backup, or ${orElse}.`);
  }
  const { mode } = await Deno.stat(path);
  // A copy or a restore can have widened the mode.
  if (mode !== null && (mode & 0o077) !== 0) await Deno.chmod(path, 0o600);
  return bytes;
}

/**
 * Writes 32 random bytes to a new file that only its owner can read, and returns them. Never replaces a file that another
 * process made in the meantime, as that key may be in use; returns that file's bytes then.
 */
export async function makeSecret(path: string): Promise<Uint8Array<ArrayBuffer>> {
  const dir = path.includes("/") ? path.slice(0, path.lastIndexOf("/")) || "/" : ".";
  await Deno.mkdir(dir, { recursive: true, mode: 0o700 });
  const secret = crypto.getRandomValues(new Uint8Array(secretBytes));
  const aside = `${path}.${crypto.randomUUID()}`;
  try {
    // An incomplete file is never renamed into place: a key that is used but not stored would make everything unreadable.
    await write(aside, secret);
    try {
      // Unlike a rename, a link fails when the target exists.
      await Deno.link(aside, path);
    } catch (error) {
      const made = await Deno.readFile(path).catch(() => null);
      if (made?.length === secretBytes) return made;
      if (made !== null || error instanceof Deno.errors.AlreadyExists) throw error;
      // Some file systems have no links.
      await Deno.rename(aside, path);
    }
  } finally {
    await Deno.remove(aside).catch(() => {});
  }
  await syncDirectory(dir);
  return secret;
}

async function write(path: string, bytes: Uint8Array): Promise<void> {
  using file = await Deno.open(path, { write: true, createNew: true, mode: 0o600 });
  let written = 0;
  while (written < bytes.length) written += await file.write(bytes.subarray(written));
  await file.sync();
}

/** A rename is safe only after its directory is synced. Windows has no such call. */
export async function syncDirectory(dir: string): Promise<void> {
  if (Deno.build.os === "windows") return;
  using directory = await Deno.open(dir, { read: true });
  await directory.sync();
}
