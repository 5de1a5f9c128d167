const fileName = "secret.key";
const secretBytes = 32;

/**
 * The secret that signs tokens: 32 random bytes in `secret.key` of the data directory, made at the first start and
 * readable for its owner only. Throws when the file holds something else: a new one would end every session.
 */
export async function loadSecret(dir: string): Promise<Uint8Array<ArrayBuffer>> {
  const path = `${dir}/${fileName}`;
  return await readSecret(path, "remove it to log everybody out") ?? await makeSecret(path);
}

/** 32 bytes of a file, null when there is none. Throws when it holds something else; `orElse` is what could be done then. */
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
  // A copy or a restore may have widened it.
  if (mode !== null && (mode & 0o077) !== 0) await Deno.chmod(path, 0o600);
  return bytes;
}

/**
 * 32 random bytes in a new file that only its owner reads. Never takes the place of one that somebody else made meanwhile: what
 * was done with that one could not be undone any more; gives those bytes then.
 */
export async function makeSecret(path: string): Promise<Uint8Array<ArrayBuffer>> {
  const dir = path.includes("/") ? path.slice(0, path.lastIndexOf("/")) || "/" : ".";
  await Deno.mkdir(dir, { recursive: true });
  const secret = crypto.getRandomValues(new Uint8Array(secretBytes));
  const aside = `${path}.${crypto.randomUUID()}`;
  try {
    // What could not be written whole is never put in place: bytes that are used but not kept would lock everything away.
    await write(aside, secret);
    try {
      // Unlike a rename, a link fails when there is something.
      await Deno.link(aside, path);
    } catch (error) {
      const made = await Deno.readFile(path).catch(() => null);
      if (made?.length === secretBytes) return made;
      if (made !== null || error instanceof Deno.errors.AlreadyExists) throw error;
      // Some file systems know no links.
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

/** A rename is on the disk only when its directory is. Windows has no such thing. */
export async function syncDirectory(dir: string): Promise<void> {
  if (Deno.build.os === "windows") return;
  using directory = await Deno.open(dir, { read: true });
  await directory.sync();
}
