/** Compresses the files of a build once, with all the time that takes, so that the server only reads them. */
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import { contentType } from "../lib/fresh/content_types.ts";
import { OUT_DIR, readSnapshot } from "../lib/fresh/build.ts";
import type { Coding } from "../lib/web/content_coding.ts";
import { packedName } from "../lib/web/packed_files.ts";

/** Below the build's folder. */
export const packedFolder = "packed";

const packers: Record<Coding, (bytes: Uint8Array<ArrayBuffer>) => Uint8Array> = {
  br: (bytes) => brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length } }),
  gzip: (bytes) => gzipSync(bytes, { level: 9 }),
};

/** Shorter files fit into one packet as they are. */
const leastBytes = 1024;

/** Packs scripts, styles, drawings and texts; removes what an earlier build left there. */
export async function packBuild(root: string, outDir = OUT_DIR): Promise<void> {
  const snapshot = await readSnapshot(root, outDir);
  if (snapshot === null) throw new Error(`There is no build in ${outDir}/.`);
  const folder = `${root}/${outDir}/${packedFolder}`;
  await Deno.mkdir(folder, { recursive: true });
  const written = new Set<string>();
  for (const { file, sizeBytes, hash } of Object.values(snapshot.files)) {
    if (
      sizeBytes < leastBytes ||
      !/^(?:text|application\/(?:java|json|manifest)|image\/svg)/.test(contentType(file))
    ) {
      continue;
    }
    const bytes = await Deno.readFile(`${root}/${file}`);
    for (const coding of ["br", "gzip"] as const) {
      const packed = packers[coding](bytes);
      if (packed.length >= bytes.length) continue;
      const name = packedName(hash, coding);
      await Deno.writeFile(`${folder}/${name}`, packed);
      written.add(name);
    }
  }
  for await (const { name } of Deno.readDir(folder)) {
    if (!written.has(name)) await Deno.remove(`${folder}/${name}`);
  }
}
