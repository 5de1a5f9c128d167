import { contentDisposition } from "./files/content_headers.ts";

/** Headers of the archive of an account (AU-9). It is made while it is sent, so nobody knows its length before. */
export const archiveHeaders = {
  "cache-control": "private, no-store, no-transform",
  "content-type": "application/zip",
};

export function archiveOf(
  { name, archive }: { name: string; archive: ReadableStream<Uint8Array> },
): Response {
  return new Response(archive, {
    headers: { ...archiveHeaders, "content-disposition": contentDisposition("attachment", name) },
  });
}
