/** The three records of a zip archive, with the fields that are used here. Sizes in bytes. */

export const localHeaderBytes = 30;
export const centralHeaderBytes = 46;
export const endRecordBytes = 22;
/** Value of a field whose true value is in a ZIP64 extra field. */
const inZip64 = 0xffff_ffff;

export interface LocalHeader {
  method: number;
  encrypted: boolean;
  /** The sizes are after the content, or only in the directory. */
  sizesLater: boolean;
  zip64: boolean;
  nameBytes: number;
  extraBytes: number;
}

export interface CentralHeader extends LocalHeader {
  packedBytes: number;
  sizeBytes: number;
  startsAt: number;
  /** Size of the whole record. */
  recordBytes: number;
}

export interface EndRecord {
  entries: number;
  directoryBytes: number;
  directoryAt: number;
  commentBytes: number;
  /** Whether the archive has several parts: only one of them is here. */
  split: boolean;
}

/** Null when there is no such record: the signature is wrong, or a value is impossible. */
export function localHeader(bytes: Uint8Array): LocalHeader | null {
  if (bytes.length < localHeaderBytes || !signed(bytes, 3, 4)) return null;
  return headerFields(viewOf(bytes), 4);
}

/** Null under the same conditions as `localHeader`. */
export function centralHeader(bytes: Uint8Array): CentralHeader | null {
  if (bytes.length < centralHeaderBytes || !signed(bytes, 1, 2)) return null;
  const view = viewOf(bytes);
  const fields = headerFields(view, 6);
  const part = view.getUint16(34, true);
  if (fields === null || (part !== 0 && part !== 0xffff)) return null;
  const startsAt = view.getUint32(42, true);
  return {
    ...fields,
    zip64: fields.zip64 || startsAt === inZip64 || part === 0xffff,
    packedBytes: view.getUint32(20, true),
    sizeBytes: view.getUint32(24, true),
    startsAt,
    recordBytes: centralHeaderBytes + fields.nameBytes + fields.extraBytes + view.getUint16(32, true),
  };
}

export function endRecord(bytes: Uint8Array): EndRecord | null {
  if (bytes.length < endRecordBytes || !signed(bytes, 5, 6)) return null;
  const view = viewOf(bytes);
  const entries = view.getUint16(10, true);
  return {
    entries,
    directoryBytes: view.getUint32(12, true),
    directoryAt: view.getUint32(16, true),
    commentBytes: view.getUint16(20, true),
    split: view.getUint16(4, true) !== 0 || view.getUint16(6, true) !== 0 ||
      view.getUint16(8, true) !== entries,
  };
}

/** Version, flags, method … lengths: the same in both headers, two bytes later in the central one. */
function headerFields(view: DataView, at: number): LocalHeader | null {
  const version = view.getUint16(at, true);
  const flags = view.getUint16(at + 2, true);
  const method = view.getUint16(at + 4, true);
  const nameBytes = view.getUint16(at + 22, true);
  // In large files the four bytes of a signature occur by chance; these fields then have impossible values.
  if ((version & 0xff) > 99 || version >> 8 > 30 || method > 99 || nameBytes === 0) return null;
  const packedBytes = view.getUint32(at + 14, true);
  const sizeBytes = view.getUint32(at + 18, true);
  return {
    method,
    encrypted: (flags & 1) !== 0,
    sizesLater: (flags & 8) !== 0,
    zip64: packedBytes === inZip64 || sizeBytes === inZip64,
    nameBytes,
    extraBytes: view.getUint16(at + 24, true),
  };
}

function signed(bytes: Uint8Array, third: number, fourth: number): boolean {
  return bytes[0] === 0x50 && bytes[1] === 0x4b && bytes[2] === third && bytes[3] === fourth;
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
