import { createWriteStream, openAsBlob } from "node:fs";
import { readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import process from "node:process";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { File } from "../../typescript/mod.ts";
import { type Arguments, exits, text, UsageError } from "../arguments.ts";
import { contextOf, loggedIn } from "../context.ts";

export const options = { output: { type: "string", short: "o" } } as const;

/** `files put PATH`, `files get ID [-o PATH]`, `files list`. */
export async function run(args: Arguments): Promise<number> {
  const [what, name, ...more] = args.positionals;
  if (what === "list" && name === undefined) return await list(args);
  if ((what === "put" || what === "get") && name !== undefined && more.length === 0) {
    return what === "put" ? await put(args, name) : await get(args, name);
  }
  throw new UsageError("Use: behest files put PATH, behest files get ID [-o PATH], or behest files list");
}

/** Uploads; an upload that was interrupted goes on where it was. */
async function put(args: Arguments, path: string): Promise<number> {
  const context = await contextOf(args);
  await using behest = await loggedIn(context);
  const source = await openAsBlob(path);
  const { mtimeMs, size } = await stat(path);
  const begun = join(await context.profile.folder(context.server), "uploads");
  const key = JSON.stringify([resolve(path), size, mtimeMs]);
  const places = await placesIn(begun);
  const keep = async (place: string | undefined) => {
    if (place === undefined) delete places[key];
    else places[key] = place;
    await writeFile(begun, JSON.stringify(places), { mode: 0o600 });
  };
  const file = await behest.files.put(source, {
    name: basename(path),
    progress: progressOf(basename(path)),
    begun: (place) => void keep(place),
    ...(places[key] === undefined ? {} : { resume: places[key] }),
  });
  await keep(undefined);
  context.output.result({ file }, told(file));
  return exits.ok;
}

/** Downloads to a file beside the target first: what is there is whole. */
async function get(args: Arguments, id: string): Promise<number> {
  const context = await contextOf(args);
  await using behest = await loggedIn(context);
  const file = await behest.files.get(id);
  const target = text(args.values, "output") ?? safeName(file.name);
  if (target === "-") {
    const response = await behest.files.content(id);
    await pipeline(
      Readable.fromWeb(response.body! as Parameters<typeof Readable.fromWeb>[0]),
      process.stdout,
      { end: false },
    );
    return exits.ok;
  }
  if (text(args.values, "output") === undefined && await stat(target).then(() => true, () => false)) {
    throw new UsageError(`${target} exists already. Use -o to name another file.`);
  }
  const response = await behest.files.content(id);
  const aside = `${target}.${process.pid}.part`;
  try {
    const progress = progressOf(file.name);
    let got = 0;
    const body = Readable.fromWeb(response.body! as Parameters<typeof Readable.fromWeb>[0]);
    body.on("data", (part: Uint8Array) => progress(got += part.length, file.size));
    await pipeline(body, createWriteStream(aside, { flags: "wx", mode: 0o600 }));
    await rename(aside, target);
  } finally {
    await rm(aside, { force: true });
  }
  context.output.result({ file, path: target }, `Saved as ${target}.`);
  return exits.ok;
}

async function list(args: Arguments): Promise<number> {
  const context = await contextOf(args);
  await using behest = await loggedIn(context);
  let before: string | undefined;
  while (true) {
    const { files, next } = await behest.files.list(before);
    for (const file of files) context.output.result({ file }, told(file));
    if (next === null) return exits.ok;
    before = next;
  }
}

function told({ id, name, size, state }: File): string {
  return `${id}  ${state.padEnd(8)}  ${String(size).padStart(12)}  ${name}`;
}

/** A name that forms no path and no hidden file. */
function safeName(name: string): string {
  return name.replace(/[/\\\0]/g, "_").replace(/^\.+/, "") || "file";
}

/** Tells the progress at a terminal, at most ten times a second. */
function progressOf(name: string): (done: number, size: number) => void {
  let last = 0;
  return (done, size) => {
    if (!process.stderr.isTTY || (Date.now() - last < 100 && done < size)) return;
    last = Date.now();
    const percent = size === 0 ? 100 : Math.floor(done * 100 / size);
    process.stderr.write(`\r${name.replace(/\p{C}/gu, "")}  ${percent} %${done === size ? "\n" : ""}`);
  };
}

async function placesIn(path: string): Promise<Record<string, string>> {
  try {
    return JSON.parse(await readFile(path, "utf8")) as Record<string, string>;
  } catch {
    return {};
  }
}
