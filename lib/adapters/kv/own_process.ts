/**
 * The id of a data directory, which only one process can have at a time: for a store that belongs to one process, the proof that
 * the one before is gone. Throws when that one still runs. The lock ends with the process, however it ends.
 */
export async function ownProcess(dataDir: string): Promise<Disposable & { id: string }> {
  const path = `${dataDir}/process.lock`;
  await Deno.mkdir(dataDir, { recursive: true, mode: 0o700 });
  const file = await Deno.open(path, { create: true, read: true, write: true, mode: 0o600 });
  if (!await file.tryLock(true)) {
    file.close();
    throw new Error(`another process uses the data directory ${dataDir}. Stop that one first`);
  }
  const bytes = new Uint8Array(36);
  const read = await file.read(bytes) ?? 0;
  let id = new TextDecoder().decode(bytes.subarray(0, read));
  if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(id)) {
    id = crypto.randomUUID();
    await file.truncate();
    await file.seek(0, Deno.SeekMode.Start);
    await file.write(new TextEncoder().encode(id));
    await file.sync();
  }
  return { id, [Symbol.dispose]: () => file.close() };
}
