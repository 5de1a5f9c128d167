import { entriesOf } from "./entries.ts";
import { isFolder, isHash, isId, type Places } from "./places.ts";

/** Lists the paths in the storage directory that do not have a name of this store. */
export async function* straysOf(
  { root, uploads, files, quarantine, damaged }: Places,
): AsyncGenerator<string> {
  for (const { name, isDirectory } of await entriesOf(root)) {
    const known = [uploads, files, quarantine, damaged].includes(`${root}/${name}`);
    if (!isDirectory || !known) yield name;
  }
  for (const { name, isFile } of await entriesOf(uploads)) {
    if (!isFile || !isId(name)) yield `uploads/${name}`;
  }
  for (const { name, isFile } of await entriesOf(quarantine)) {
    if (!isFile || !isHash(name)) yield `quarantine/${name}`;
  }
  for (const folder of await entriesOf(files)) {
    if (!folder.isDirectory || !isFolder(folder.name)) {
      yield `files/${folder.name}`;
      continue;
    }
    for (const { name, isFile } of await entriesOf(`${files}/${folder.name}`)) {
      if (!isFile || !isHash(name) || !name.startsWith(folder.name)) yield `files/${folder.name}/${name}`;
    }
  }
}
