/**
 * Draws the app's icons from the mark into `static/icons/`: `deno run --allow-write=static/icons tools/icons.ts`. By hand, when
 * the mark changes; browsers want PNG where they install an app.
 */

type Point = readonly [x: number, y: number];
type Colour = readonly [r: number, g: number, b: number];

/** The mark is drawn in a square of this side. */
const side = 32;
/** Samples of one pixel, along each side. */
const samples = 4;
const green: Colour = [0x0e, 0x5a, 0x53];
const paper: Colour = [0xf4, 0xf1, 0xea];
const fold: Colour = [0x82, 0xcf, 0xc2];

const letter: Point[] = [[8, 7], [19, 7], [24, 12], [24, 25], [8, 25]];
const corner: Point[] = [[19, 7], [24, 12], [19, 12]];
const tick: Point[] = [[12, 17.5], [15, 20.5], [20.5, 14.5]];
const tickWidth = 2.4;

/** The colour at a point of the mark, or null outside of it. `radius`: of the square's corners. */
function colourAt(at: Point, radius: number): Colour | null {
  if (!inSquare(at, radius)) return null;
  for (let n = 1; n < tick.length; n++) {
    if (distanceTo(at, tick[n - 1]!, tick[n]!) <= tickWidth / 2) return green;
  }
  if (inside(at, corner)) return fold;
  return inside(at, letter) ? paper : green;
}

function inSquare([x, y]: Point, radius: number): boolean {
  const dx = Math.max(radius - x, x - (side - radius), 0);
  const dy = Math.max(radius - y, y - (side - radius), 0);
  return x >= 0 && y >= 0 && x <= side && y <= side && Math.hypot(dx, dy) <= Math.max(radius, 1e-9);
}

function inside([x, y]: Point, corners: readonly Point[]): boolean {
  let odd = false;
  corners.forEach(([ax, ay], n) => {
    const [bx, by] = corners[(n + 1) % corners.length]!;
    if (ay > y !== by > y && x < ((bx - ax) * (y - ay)) / (by - ay) + ax) odd = !odd;
  });
  return odd;
}

function distanceTo([x, y]: Point, [ax, ay]: Point, [bx, by]: Point): number {
  const along = ((x - ax) * (bx - ax) + (y - ay) * (by - ay)) / ((bx - ax) ** 2 + (by - ay) ** 2);
  const t = Math.min(1, Math.max(0, along));
  return Math.hypot(x - ax - t * (bx - ax), y - ay - t * (by - ay));
}

/** RGBA of the mark at a size in pixels. `scale`: how much of the icon it takes; what is around it is green. */
function draw(pixels: number, radius: number, scale: number): Uint8Array<ArrayBuffer> {
  const image = new Uint8Array(pixels * pixels * 4);
  for (let row = 0; row < pixels; row++) {
    for (let column = 0; column < pixels; column++) {
      const sum = [0, 0, 0, 0];
      for (let n = 0; n < samples * samples; n++) {
        const place = (at: number, part: number) => {
          const inIcon = ((at + (part + 0.5) / samples) / pixels - 0.5) * side;
          return inIcon / scale + side / 2;
        };
        const at: Point = [place(column, n % samples), place(row, Math.floor(n / samples))];
        const colour = colourAt(at, radius) ?? (scale < 1 ? green : null);
        if (colour === null) continue;
        colour.forEach((value, channel) => sum[channel]! += value);
        sum[3]!++;
      }
      const covered = sum[3]!;
      const offset = (row * pixels + column) * 4;
      for (let channel = 0; channel < 3; channel++) {
        image[offset + channel] = covered === 0 ? 0 : Math.round(sum[channel]! / covered);
      }
      image[offset + 3] = Math.round((covered / (samples * samples)) * 255);
    }
  }
  return image;
}

/** PNG (RFC 2083): a signature, then chunks of length, name, data and checksum. */
async function png(image: Uint8Array, pixels: number): Promise<Uint8Array<ArrayBuffer>> {
  const lines = new Uint8Array(pixels * (pixels * 4 + 1));
  for (let row = 0; row < pixels; row++) {
    lines.set(image.subarray(row * pixels * 4, (row + 1) * pixels * 4), row * (pixels * 4 + 1) + 1);
  }
  const packed = new Blob([lines]).stream().pipeThrough(new CompressionStream("deflate"));
  const header = new DataView(new ArrayBuffer(13));
  header.setUint32(0, pixels);
  header.setUint32(4, pixels);
  header.setUint8(8, 8);
  header.setUint8(9, 6);
  return await new Blob([
    new Uint8Array([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk("IHDR", new Uint8Array(header.buffer)),
    chunk("IDAT", await new Response(packed).bytes()),
    chunk("IEND", new Uint8Array()),
  ]).bytes();
}

function chunk(name: string, data: Uint8Array): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(12 + data.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, data.length);
  bytes.set(new TextEncoder().encode(name), 4);
  bytes.set(data, 8);
  view.setUint32(8 + data.length, crc32(bytes.subarray(4, 8 + data.length)));
  return bytes;
}

function crc32(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  }
  return (crc ^ 0xffffffff) >>> 0;
}

if (import.meta.main) {
  const icons = [
    ["192", 192, 7, 1],
    ["512", 512, 7, 1],
    // Whatever shape the system cuts out of it, the mark is in the middle.
    ["maskable", 512, 0, 0.78],
    ["apple", 180, 0, 0.9],
  ] as const;
  for (const [name, pixels, radius, scale] of icons) {
    await Deno.writeFile(`static/icons/${name}.png`, await png(draw(pixels, radius, scale), pixels));
  }
}
