import type { Licence } from "../lib/protocol/mod.ts";

/** What `deno info --json` says, as far as it is used here. */
export interface Info {
  modules: { specifier: string; local?: string; npmPackage?: string }[];
  npmPackages: Record<string, { name: string; version: string; dependencies: string[]; localPath?: string }>;
}

/**
 * The packages that a server and its pages take in, with those that they need, and each one's licence as its `package.json` says
 * (MO-4). `root`: the project; a file in its `_fresh/` names for a moment what is shipped.
 */
export async function shippedLicences(root: string): Promise<Licence[]> {
  const { modules, npmPackages } = await infoOfShipped(root);
  const found = new Map<string, Licence>();
  const waiting = modules.flatMap(({ npmPackage }) => npmPackage === undefined ? [] : [npmPackage]);
  for (let id = waiting.pop(); id !== undefined; id = waiting.pop()) {
    const known = npmPackages[id];
    if (known === undefined || found.has(id)) continue;
    const { name, version, dependencies, localPath } = known;
    found.set(id, { name, version, licence: await licenceIn(localPath) });
    waiting.push(...dependencies);
  }
  // A package can be there twice, beside different ones that it works with.
  const distinct = new Map([...found.values()].map((one) => [`${one.name}@${one.version}`, one]));
  return [...distinct.values()].sort((one, other) => one.name < other.name ? -1 : 1);
}

/** What a server and its pages take in. `more`: files of the project that are shipped too. */
export async function infoOfShipped(root: string, more: readonly string[] = []): Promise<Info> {
  const list = `${root}/_fresh/shipped.ts`;
  const shipped = [
    `${root}/main.ts`,
    ...await filesIn(`${root}/islands`),
    ...await filesIn(`${root}/routes`),
    ...more.map((file) => `${root}/${file}`),
  ];
  await Deno.writeTextFile(list, shipped.map((path) => `import ${JSON.stringify(path)};\n`).join(""));
  return await infoOf(list).finally(() => Deno.remove(list));
}

async function filesIn(folder: string): Promise<string[]> {
  const found: string[] = [];
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    const path = `${folder}/${name}`;
    if (isDirectory) found.push(...await filesIn(path));
    else if (/\.tsx?$/.test(name)) found.push(path);
  }
  return found;
}

/** `root`: a file, or the specifier of a package, which is fetched when it is not there. */
export async function infoOf(root: string): Promise<Info> {
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    // What is only looked at must not get into the project's lock.
    args: ["info", "--json", ...root.startsWith("npm:") ? ["--no-lock"] : [], root],
    stdout: "piped",
    stderr: "piped",
  }).output();
  if (!success) throw new Error(`deno info ${root}: ${new TextDecoder().decode(stderr)}`);
  return JSON.parse(new TextDecoder().decode(stdout));
}

/** Of the package in this folder. Optional packages for other systems are not there, and not shipped. */
export async function licenceIn(path: string | undefined): Promise<string> {
  try {
    const { license, licenses } = JSON.parse(await Deno.readTextFile(`${path}/package.json`));
    const said = license ?? licenses?.[0];
    return typeof said === "string" ? said : typeof said?.type === "string" ? said.type : "not said";
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return "not said";
    throw error;
  }
}
