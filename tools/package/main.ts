/**
 * `deno task package [PLATFORM…]`: an archive for each platform in `_package/`, with Deno, the server, its pages, the
 * operator's tools and every package that they need, so that `./behest` starts from it without a download. Beside the
 * archives lies `SHA256SUMS`. Deno's program comes from its package on npm, in the version that runs this.
 */
import { createHash } from "node:crypto";
import { complain, say } from "../../lib/platform/console.ts";
import { infoOf } from "../licences.ts";
import { copyApp } from "./app_files.ts";
import { bill, type Part, partsIn, writeLicences } from "./bill.ts";
import { launcher, packagedTasksOf } from "./launcher.ts";

/** Windows has no shell for `./behest`. */
const platforms = ["linux-x64-glibc", "linux-arm64-glibc", "darwin-x64", "darwin-arm64"];
const out = "_package";

interface Packed {
  archive: string;
  bytes: number;
}

/** Writes the folder of a platform, `FOLDER/behest`, from a program of Deno. */
export async function writePackage(folder: string, platform: string, deno: Part): Promise<string> {
  const root = Deno.cwd();
  const whole = `${folder}/behest`;
  await emptied(whole);
  const { tasks } = JSON.parse(await Deno.readTextFile("deno.json")) as { tasks: Record<string, string> };
  const packaged = packagedTasksOf(tasks);
  await copyApp(root, `${whole}/app`, ["tools/permissions.ts", ...packaged.map(({ program }) => program)]);
  await Deno.mkdir(`${whole}/bin`);
  await Deno.copyFile(`${deno.folder}/deno`, `${whole}/bin/deno`);
  await Deno.chmod(`${whole}/bin/deno`, 0o755);
  const parts = await partsIn(`${whole}/app`, "deno.lock");
  await writeLicences(`${whole}/licences`, parts);
  await Deno.copyFile("LICENSE", `${whole}/LICENSE`);
  await Deno.writeTextFile(`${whole}/sbom.cdx.json`, JSON.stringify(bill(platform, deno, parts), null, 2));
  await Deno.writeTextFile(`${whole}/behest`, launcher(packaged), { mode: 0o755 });
  return whole;
}

/** Deno's package for a platform, fetched when it is not there. */
async function denoFor(platform: string): Promise<Part> {
  const id = `@deno/${platform}@${Deno.version.deno}`;
  const { npmPackages } = await infoOf(`npm:${id}`);
  const folder = npmPackages[id]?.localPath;
  if (folder === undefined) throw new Error(`There is no package npm:${id}.`);
  return { name: `@deno/${platform}`, version: Deno.version.deno, licence: "MIT", sha512: null, folder };
}

/** The same files give the same archive: no times, owners or orders of this machine are in it. */
async function archived(folder: string, platform: string): Promise<Packed> {
  const archive = `behest-${platform}.tar.gz`;
  const { success, stderr } = await new Deno.Command("tar", {
    args: [
      ...["--create", "--sort=name", "--mtime=@0", "--owner=0", "--group=0", "--numeric-owner"],
      ...["--use-compress-program=gzip -n", `--file=${out}/${archive}`, `--directory=${folder}`, "behest"],
    ],
    stderr: "piped",
  }).output();
  if (!success) throw new Error(`${archive}: ${new TextDecoder().decode(stderr)}`);
  return { archive, bytes: (await Deno.stat(`${out}/${archive}`)).size };
}

async function sumOf(path: string): Promise<string> {
  const hash = createHash("sha256");
  using file = await Deno.open(path);
  for await (const chunk of file.readable) hash.update(chunk);
  return hash.digest("hex");
}

async function emptied(folder: string): Promise<void> {
  await Deno.remove(folder, { recursive: true }).catch((error: unknown) => {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  });
  await Deno.mkdir(folder, { recursive: true });
}

async function main(wanted: readonly string[]): Promise<number> {
  const strange = wanted.filter((platform) => !platforms.includes(platform));
  if (strange.length > 0) {
    complain(`No platform: ${strange.join(", ")}. There are ${platforms.join(", ")}.`);
    return 2;
  }
  await emptied(out);
  const sums: string[] = [];
  for (const platform of wanted.length > 0 ? wanted : ["linux-x64-glibc"]) {
    const folder = `${out}/${platform}`;
    await writePackage(folder, platform, await denoFor(platform));
    const { archive, bytes } = await archived(folder, platform);
    sums.push(`${await sumOf(`${out}/${archive}`)}  ${archive}\n`);
    await Deno.remove(folder, { recursive: true });
    say(`${out}/${archive}: ${(bytes / 2 ** 20).toFixed(1)} MiB`);
  }
  await Deno.writeTextFile(`${out}/SHA256SUMS`, sums.join(""));
  return 0;
}

if (import.meta.main) Deno.exit(await main(Deno.args));
