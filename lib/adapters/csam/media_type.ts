/** Kind of a file for a matching service, from its first bytes. */
export type MediaKind =
  | { kind: "image" | "video"; type: string }
  /** Archives that are opened. */
  | { kind: "zip" | "tar" | "gzip" }
  /** Archives that are not opened. */
  | { kind: "closed"; name: string }
  | { kind: "other" };

/** Bytes that are enough to tell the kind, also of a tar. */
export const headBytes = 512;

const images: readonly [hex: string, type: string][] = [
  ["ffd8ff", "image/jpeg"],
  ["89504e470d0a1a0a", "image/png"],
  ["474946383761", "image/gif"],
  ["474946383961", "image/gif"],
  ["49492a00", "image/tiff"],
  ["4d4d002a", "image/tiff"],
  ["49492b00", "image/tiff"],
  ["4d4d002b", "image/tiff"],
  ["4949bc01", "image/vnd.ms-photo"],
  ["00000100", "image/x-icon"],
  ["38425053", "image/vnd.adobe.photoshop"],
  ["0000000c6a5020200d0a870a", "image/jp2"],
  ["ff4fff51", "image/jp2"],
  ["ff0a", "image/jxl"],
  ["0000000c4a584c200d0a870a", "image/jxl"],
  ["762f3101", "image/x-exr"],
  ["716f6966", "image/qoi"],
  ["425047fb", "image/bpg"],
  ["464c4946", "image/flif"],
  ["67696d7020786366", "image/x-xcf"],
  ["69636e73", "image/icns"],
];

const videos: readonly [hex: string, type: string][] = [
  ["1a45dfa3", "video/x-matroska"],
  ["464c5601", "video/x-flv"],
  ["000001ba", "video/mpeg"],
  ["000001b3", "video/mpeg"],
  ["3026b2758e66cf11", "video/x-ms-asf"],
  ["2e524d46", "application/vnd.rn-realmedia"],
];

const closed: readonly [hex: string, name: string][] = [
  ["526172211a07", "RAR"],
  ["377abcaf271c", "7z"],
  ["425a68", "bzip2"],
  ["fd377a585a00", "xz"],
  ["28b52ffd", "Zstandard"],
  ["04224d18", "LZ4"],
  ["4c5a4950", "lzip"],
  ["1f9d", "compress"],
  ["4d534346", "cabinet"],
  ["d0cf11e0a1b11ae1", "Office document of the old format"],
  ["25504446", "PDF"],
  ["60ea", "ARJ"],
  ["303730373037", "cpio"],
  ["4d5357494d000000", "WIM"],
  ["78617221", "xar"],
  ["213c617263683e", "ar"],
];

/** Brands of ISO media files that are pictures. */
const imageBrands = /^(heic|heix|heim|heis|hevc|hevx|mif1|msf1|avif|avis|crx |jp2 |jxl )$/;
const audioBrands = /^(M4A |M4B |M4P |F4A |F4B )$/;

/** `declared` is the media type that was sniffed from the same bytes: it knows rarer kinds, and tells audio from video. */
export function mediaKind(head: Uint8Array, declared: string | null): MediaKind {
  const seen = seenKind(head);
  if (seen.kind === "video" && declared?.startsWith("audio/")) return { kind: "other" };
  if (seen.kind !== "other" || declared === null) return seen;
  // Text drawings and CAD files: no service handles them.
  if (/^image\/(svg|vnd\.(dwg|dxf))/.test(declared)) return seen;
  if (declared.startsWith("image/")) return { kind: "image", type: declared };
  return declared.startsWith("video/") ? { kind: "video", type: declared } : seen;
}

function seenKind(head: Uint8Array): MediaKind {
  const hex = head.subarray(0, 32).toHex();
  const text = (from: number, to: number) => new TextDecoder("latin1").decode(head.subarray(from, to));
  const of = (list: readonly [string, string][]) => list.find(([start]) => hex.startsWith(start))?.[1];
  const image = of(images);
  if (image !== undefined) return { kind: "image", type: image };
  const video = of(videos);
  if (video !== undefined) return { kind: "video", type: video };
  if (/^504b0(304|506|708)/.test(hex)) return { kind: "zip" };
  if (hex.startsWith("1f8b08")) return { kind: "gzip" };
  const name = of(closed);
  if (name !== undefined) return { kind: "closed", name };
  if (text(257, 262) === "ustar") return { kind: "tar" };
  if (text(0, 2) === "BM" && hex.slice(12, 20) === "00000000") return { kind: "image", type: "image/bmp" };
  if (/^P[1-7][\s#]/.test(text(0, 3))) return { kind: "image", type: "image/x-portable-anymap" };
  if (text(0, 4) === "RIFF") return riffKind(text(8, 12));
  if (text(4, 8) === "ftyp") return brandKind(text(8, 12));
  if (/^(moov|mdat|wide|pnot)$/.test(text(4, 8))) return { kind: "video", type: "video/quicktime" };
  if (text(0, 4) === "OggS" && text(28, 36).includes("theora")) return { kind: "video", type: "video/ogg" };
  if (head[0] === 0x47 && head[188] === 0x47 && head[376] === 0x47) {
    return { kind: "video", type: "video/mp2t" };
  }
  return { kind: "other" };
}

function riffKind(form: string): MediaKind {
  if (form === "WEBP") return { kind: "image", type: "image/webp" };
  return form === "AVI " ? { kind: "video", type: "video/x-msvideo" } : { kind: "other" };
}

function brandKind(brand: string): MediaKind {
  if (imageBrands.test(brand)) {
    return { kind: "image", type: brand.startsWith("avi") ? "image/avif" : "image/heic" };
  }
  if (audioBrands.test(brand)) return { kind: "other" };
  return { kind: "video", type: brand === "qt  " ? "video/quicktime" : "video/mp4" };
}
