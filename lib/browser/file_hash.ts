import { sha256 } from "@noble/hashes/sha2.js";

/**
 * SHA-256 of a file as hexadecimal digits, read piece by piece: `crypto.subtle` wants all bytes at once, and a film does not fit into
 * memory. `read` gets the bytes so far. Rejects when the file cannot be read.
 */
export async function hashOfFile(file: Blob, read: (bytes: number) => void): Promise<string> {
  const hash = sha256.create();
  let bytes = 0;
  for (const reader = file.stream().getReader();;) {
    const { done, value } = await reader.read();
    if (done) break;
    hash.update(value);
    bytes += value.length;
    read(bytes);
  }
  return Array.from(hash.digest(), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
