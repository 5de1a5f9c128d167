/** The bill of materials of a package (CycloneDX 1.6), and its packages' licence texts. */
import { licenceIn } from "../licences.ts";

export interface Part {
  name: string;
  version: string;
  licence: string;
  /** The SHA-512 of what the registry served, in hex; null for what is not from `deno.lock`. */
  sha512: string | null;
  folder: string;
}

const licenceText = /^(licen[cs]e|notice|copying)/i;

/** The packages in a folder that Deno installed, by name. */
export async function partsIn(app: string, lockFile: string): Promise<Part[]> {
  const { npm } = JSON.parse(await Deno.readTextFile(lockFile)) as {
    npm: Record<string, { integrity?: string }>;
  };
  const parts: Part[] = [];
  const store = `${app}/node_modules/.deno`;
  for await (const { name: id, isDirectory } of Deno.readDir(store)) {
    // Other folders link to packages.
    if (!isDirectory || id === "node_modules") continue;
    const name = id.slice(0, id.lastIndexOf("@")).replace("+", "/").replace(/_.*$/, "");
    const folder = `${store}/${id}/node_modules/${name}`;
    const { version } = JSON.parse(await Deno.readTextFile(`${folder}/package.json`));
    const locked = Object.entries(npm).find(([key]) =>
      key === `${name}@${version}` || key.startsWith(`${name}@${version}_`)
    );
    const integrity = /^sha512-(.+)$/.exec(locked?.[1].integrity ?? "")?.[1];
    const sha512 = integrity === undefined ? null : hexOf(integrity);
    parts.push({ name, version, licence: await licenceIn(folder), sha512, folder });
  }
  return parts.sort((one, other) => idOf(one) < idOf(other) ? -1 : 1);
}

function hexOf(base64: string): string {
  return Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0)).toHex();
}

function idOf({ name, version }: Part): string {
  return `${name}@${version}`;
}

/** A licence that SPDX names, or an expression or words of the package's own. */
function licenceEntry(licence: string): object[] {
  if (licence === "not said") return [];
  if (/\b(OR|AND|WITH)\b/.test(licence)) return [{ expression: licence }];
  return [{ license: /^[\w.+-]+$/.test(licence) ? { id: licence } : { name: licence } }];
}

export function bill(platform: string, deno: Part, parts: readonly Part[]): object {
  const component = (part: Part, type: "library" | "platform") => ({
    type,
    "bom-ref": idOf(part),
    name: part.name,
    version: part.version,
    purl: `pkg:npm/${part.name.replace("@", "%40")}@${part.version}`,
    licenses: licenceEntry(part.licence),
    ...part.sha512 === null ? {} : { hashes: [{ alg: "SHA-512", content: part.sha512 }] },
  });
  return {
    $schema: "http://cyclonedx.org/schema/bom-1.6.schema.json",
    bomFormat: "CycloneDX",
    specVersion: "1.6",
    version: 1,
    metadata: {
      component: {
        type: "application",
        "bom-ref": "behest",
        name: "behest",
        licenses: [{ license: { id: "MIT" } }],
        properties: [{ name: "behest:platform", value: platform }],
      },
    },
    components: [component(deno, "platform"), ...parts.map((part) => component(part, "library"))],
  };
}

/** One file for each package that brings a text; the others' licences are in the bill. */
export async function writeLicences(folder: string, parts: readonly Part[]): Promise<void> {
  await Deno.mkdir(folder, { recursive: true });
  for (const part of parts) {
    const texts: string[] = [];
    for await (const { name, isFile } of Deno.readDir(part.folder)) {
      if (isFile && licenceText.test(name)) texts.push(await Deno.readTextFile(`${part.folder}/${name}`));
    }
    if (texts.length === 0) continue;
    await Deno.writeTextFile(`${folder}/${idOf(part).replace("/", "+")}.txt`, texts.join("\n\n"));
  }
}
