import { crc32 } from "../checksum.ts";

/** The smallest side that PhotoDNA accepts. */
const side = 160;

/** Makes a PNG with grey stripes, to test whether a service answers. */
export async function greyPicture(): Promise<Uint8Array<ArrayBuffer>> {
  const rows = new Uint8Array(side * (side + 1));
  // Each row begins with its filter: none.
  for (let at = 0; at < rows.length; at++) rows[at] = at % (side + 1) === 0 ? 0 : 64 + at % 97;
  const packed = await new Response(new Blob([rows]).stream().pipeThrough(new CompressionStream("deflate")))
    .bytes();
  const header = new DataView(new ArrayBuffer(13));
  header.setUint32(0, side);
  header.setUint32(4, side);
  // Eight bits of grey for each pixel.
  header.setUint8(8, 8);
  const parts = [
    Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a),
    chunk("IHDR", new Uint8Array(header.buffer)),
    chunk("IDAT", packed),
    chunk("IEND", new Uint8Array(0)),
  ];
  return await new Blob(parts).bytes();
}

function chunk(name: string, content: Uint8Array): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(12 + content.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, content.length);
  bytes.set(new TextEncoder().encode(name), 4);
  bytes.set(content, 8);
  view.setUint32(8 + content.length, crc32(bytes.subarray(4, 8 + content.length)));
  return bytes;
}
