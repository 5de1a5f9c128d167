/**
 * Finds content that clamd calls clean without having looked inside.
 * Never unpacks what people sent; only the packed header of a 7z archive, up to a limit.
 * Start with `signatures` below, then `zip.ts` and `seven_zip.ts`.
 */
import type { ScanSubject } from "../../../scanning/ports.ts";
import { UnreadSevenZip } from "./seven_zip.ts";
import { StreamSearch } from "./stream_search.ts";
import { UnreadZip } from "./zip.ts";

/** Kinds, by their first bytes, that clamd 1.4 calls clean without unpacking them. All tested, except where noted. */
const signatures: readonly { name: string; hex: string; at?: number }[] = [
  { name: "Zstandard", hex: "28b52ffd" },
  ...Array.from({ length: 16 }, (_, low) => ({
    name: "Zstandard or LZ4 with a frame that is skipped",
    hex: `5${low.toString(16)}2a4d18`,
  })),
  { name: "LZ4", hex: "04224d18" },
  { name: "LZ4", hex: "02214c18" },
  { name: "lzip", hex: "4c5a4950" },
  { name: "lzop", hex: "894c5a4f000d0a1a0a" },
  { name: "compress (.Z)", hex: "1f9d" },
  { name: "LZH compress", hex: "1fa0" },
  { name: "LZMA alone", hex: "5d0000" },
  { name: "Windows image (WIM)", hex: "4d5357494d000000" },
  { name: "squashfs", hex: "68737173" },
  { name: "Debian package", hex: "213c617263683e0a64656269616e" },
  // Not tested: no program here makes them, or clamd's support for them is too new to rely on.
  { name: "RPM package", hex: "edabeedb" },
  { name: "pbzx", hex: "70627a78" },
  { name: "Apple Archive", hex: "41413031" },
  { name: "LZFSE", hex: "62767832" },
  { name: "Snappy", hex: "ff060000734e61507059" },
  { name: "lrzip", hex: "4c525a49" },
  { name: "rzip", hex: "525a4950" },
  { name: "ZPAQ", hex: "376b5374" },
  { name: "ZPAQ", hex: "7a5051" },
  { name: "FreeArc", hex: "41724301" },
  { name: "StuffIt", hex: "5349542100" },
  { name: "StuffIt", hex: "53747566664974" },
  { name: "ZOO", hex: "fdc4a7dc", at: 20 },
  { name: "ACE", hex: "2a2a4143452a2a", at: 7 },
  ...["lh0", "lh1", "lh4", "lh5", "lh6", "lh7", "lhd", "lzs", "lz4", "lz5"].map((method) => ({
    name: "LHA",
    hex: new TextEncoder().encode(`-${method}-`).toHex(),
    at: 2,
  })),
  { name: "ALZ", hex: "414c5a01" },
  { name: "EGG", hex: "45474741" },
  { name: "QCOW disk image", hex: "514649fb" },
  // Only the owner can open these, so they count like encrypted archives.
  { name: "LUKS disk image", hex: "4c554b53babe" },
  { name: "age", hex: "6167652d656e6372797074696f6e2e6f7267" },
  { name: "OpenPGP message", hex: "2d2d2d2d2d424547494e20504750204d455353414745" },
  { name: "OpenPGP message", hex: "8c0d04" },
  { name: "OpenSSL", hex: "53616c7465645f5f" },
];

const rarSignature = "526172211a07";
const bzip2Head = /^425a683[1-9](314159265359|177245385090)/;
const oleSignature = "d0cf11e0a1b11ae1";
/** Stream names in a password-protected Office file, in UTF-16. */
const encryptedStreams = ["EncryptedPackage", "EncryptedSummary"].map((name) =>
  Uint8Array.from([...name].flatMap((letter) => [letter.charCodeAt(0), 0])).toHex()
);
/** Offsets in a Word document's header, in the first sector: its identifier, and the flag for encryption. */
const wordAt = 512;

/**
 * Inspects a file during the scan and tells at its end whether clamd would call it clean without unpacking it. Covers the file
 * itself, and for zip also archives stored in it. Does not cover such an archive inside a compressed one or a tar, or after
 * other content at the start of the file (`unread.ndb` beside this file makes clamd report those), or password-protected
 * sheets in Excel's old format.
 */
export class UnreadArchives {
  readonly #byHead: string | null;
  readonly #zip: UnreadZip;
  readonly #sevenZip: UnreadSevenZip | null;
  readonly #search: StreamSearch | null;
  #found: string | null = null;

  constructor({ head, sizeBytes }: Pick<ScanSubject, "head" | "sizeBytes">, reads: { rar: boolean }) {
    const start = head.subarray(0, 64).toHex();
    const starts = ({ hex, at = 0 }: { hex: string; at?: number }) => start.startsWith(hex, at * 2);
    const isClosedRar = !reads.rar && starts({ hex: rarSignature });
    this.#byHead = signatures.find(starts)?.name ?? (isClosedRar ? "RAR" : null) ??
      encryptedWord(head, start);
    this.#zip = new UnreadZip(head, sizeBytes);
    this.#sevenZip = UnreadSevenZip.of(head, sizeBytes);
    this.#search = bzip2Head.test(start)
      // clamd reads only the first of several streams in one file, as parallel packers write them.
      ? new StreamSearch([0x42, 0x5a], 10, (at, bytes) => {
        if (at > 0 && bzip2Head.test(bytes.toHex())) this.#found ??= "bzip2 of several streams";
      })
      : start.startsWith(oleSignature)
      ? new StreamSearch([0x45, 0], encryptedStreams[0]!.length / 2, (_, bytes) => {
        if (encryptedStreams.includes(bytes.toHex())) this.#found ??= "an encrypted document";
      })
      : null;
  }

  feed(chunk: Uint8Array): void {
    this.#zip.feed(chunk);
    this.#sevenZip?.feed(chunk);
    this.#search?.feed(chunk);
  }

  /** Returns the kind; null when clamd's verdict can be trusted. */
  end(): string | null {
    this.#search?.end();
    const zip = this.#zip.end();
    return this.#byHead ?? this.#found ?? zip ?? this.#sevenZip?.end() ?? null;
  }
}

function encryptedWord(head: Uint8Array, start: string): string | null {
  const isWord = start.startsWith(oleSignature) && head[wordAt] === 0xec && head[wordAt + 1] === 0xa5;
  return isWord && (head[wordAt + 11]! & 1) !== 0 ? "an encrypted document" : null;
}
