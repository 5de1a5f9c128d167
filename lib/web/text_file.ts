/** A file that is written while it is read, so that none is held as a whole. */
export function fileOf(parts: AsyncIterable<string>, name: string, type: string): Response {
  const iterator = parts[Symbol.asyncIterator]();
  const body = new ReadableStream<string>({
    async pull(controller) {
      const { done, value } = await iterator.next();
      if (done) controller.close();
      else controller.enqueue(value);
    },
    async cancel() {
      await iterator.return?.();
    },
  }).pipeThrough(new TextEncoderStream());
  return new Response(body, {
    headers: {
      "content-type": type,
      "content-disposition": `attachment; filename="${name}"`,
      "cache-control": "no-store",
    },
  });
}
