// By its path: Fresh itself does not tell how large scripts are, so only builds of lib/fresh are weighed.
import { OUT_DIR, readSnapshot } from "../lib/fresh/build.ts";
import type { BuiltScripts } from "./page_weights.ts";

/** The scripts of the build on the disk; throws where there is none. */
export async function builtScripts(root: string, outDir = OUT_DIR): Promise<BuiltScripts> {
  const snapshot = await readSnapshot(root, outDir);
  if (snapshot === null) throw new Error(`There is no build in ${outDir}/.`);
  return {
    client: snapshot.client.url,
    islands: new Map(snapshot.islands.map(({ file, url }) => [file, url])),
    read(url) {
      const built = snapshot.files[url];
      if (built === undefined) throw new Error(`${url} was not built.`);
      return Deno.readTextFile(`${root}/${built.file}`);
    },
  };
}
