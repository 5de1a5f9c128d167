const fileName = "secret.key";
const secretBytes = 32;

/**
 * The secret that signs tokens: 32 random bytes in `secret.key` of the data directory, made at the first start and
 * readable for its owner only. Throws when the file holds something else: a new one would end every session.
 */
export async function loadSecret(dir: string): Promise<Uint8Array<ArrayBuffer>> {
  const path = `${dir}/${fileName}`;
  const kept = await read(path);
  if (kept !== null) return kept;
  await Deno.mkdir(dir, { recursive: true });
  const secret = crypto.getRandomValues(new Uint8Array(secretBytes));
  const aside = `${path}.${crypto.randomUUID()}`;
  try {
    await write(aside, secret);
    await Deno.rename(aside, path);
  } catch (error) {
    await Deno.remove(aside).catch(() => {});
    throw error;
  }
  await syncDirectory(dir);
  return secret;
}

async function read(path: string): Promise<Uint8Array<ArrayBuffer> | null> {
  let bytes: Uint8Array<ArrayBuffer>;
  try {
    bytes = await Deno.readFile(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  }
  if (bytes.length !== secretBytes) {
    throw new Error(
      `${path} does not hold ${secretBytes} bytes: restore it from a backup, or remove it to log everybody out.`,
    );
  }
  const { mode } = await Deno.stat(path);
  // A copy or a restore may have widened it.
  if (mode !== null && (mode & 0o077) !== 0) await Deno.chmod(path, 0o600);
  return bytes;
}

async function write(path: string, bytes: Uint8Array): Promise<void> {
  using file = await Deno.open(path, { write: true, createNew: true, mode: 0o600 });
  let written = 0;
  while (written < bytes.length) written += await file.write(bytes.subarray(written));
  await file.sync();
}

/** A rename is on the disk only when its directory is. Windows has no such thing. */
async function syncDirectory(dir: string): Promise<void> {
  if (Deno.build.os === "windows") return;
  using directory = await Deno.open(dir, { read: true });
  await directory.sync();
}
