/** Bytes of one read. Larger reads are no faster; smaller ones cost more time than they save memory. */
const readBytes = 256 * 1024;

/**
 * Streams the next `lengthBytes` bytes of a file. Owns the file: closes it at the end, on cancel and on an error. A file that
 * ends early fails the stream, so that no part passes for the whole.
 */
export function streamOf(file: Deno.FsFile, lengthBytes: number): ReadableStream<Uint8Array<ArrayBuffer>> {
  let leftBytes = lengthBytes;
  let open = true;
  const close = () => {
    if (open) file.close();
    open = false;
  };
  return new ReadableStream<Uint8Array<ArrayBuffer>>({
    start(controller) {
      if (leftBytes > 0) return;
      close();
      controller.close();
    },
    async pull(controller) {
      try {
        const chunk = new Uint8Array(Math.min(readBytes, leftBytes));
        const count = await file.read(chunk);
        // The stream was cancelled during the read.
        if (!open) return;
        if (count === null) throw new Error(`A blob's file ends ${leftBytes} bytes early.`);
        leftBytes -= count;
        controller.enqueue(count === chunk.length ? chunk : chunk.subarray(0, count));
        if (leftBytes > 0) return;
        close();
        controller.close();
      } catch (error) {
        if (!open) return;
        close();
        throw error;
      }
    },
    cancel: close,
  }, { highWaterMark: 0 });
}

/** Fills `into` from the file's position. Throws when the file ends first. */
export async function readFully(file: Deno.FsFile, into: Uint8Array): Promise<void> {
  for (let at = 0; at < into.length;) {
    const count = await file.read(into.subarray(at));
    if (count === null) throw new Error(`A file ends ${into.length - at} bytes early.`);
    at += count;
  }
}
