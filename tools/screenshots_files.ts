import { Buffer } from "node:buffer";
import { createHash } from "node:crypto";
import { crc32, deflateSync } from "node:zlib";
import type { Caller } from "../lib/platform/mod.ts";
import { type FileObject, Refusal } from "../lib/protocol/mod.ts";
import type { Services } from "../lib/web/mod.ts";
import { callerFor, good } from "./screenshots_seed.ts";

const lookMs = 20;
const longestMs = 20_000;

/** A picture that nobody took: colours that run into each other. */
function picture(red: number): Uint8Array<ArrayBuffer> {
  const [width, height] = [480, 300];
  const rows = Buffer.alloc((width * 3 + 1) * height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      rows.set(
        [red, Math.floor(255 * x / width), Math.floor(255 * y / height)],
        y * (width * 3 + 1) + 1 + x * 3,
      );
    }
  }
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  head.set([8, 2], 8);
  const signature = Buffer.from([137, 80, 78, 71, 13, 10, 26, 10]);
  const parts = [part("IHDR", head), part("IDAT", deflateSync(rows)), part("IEND", Buffer.alloc(0))];
  return new Uint8Array(Buffer.concat([signature, ...parts]));
}

function part(type: string, data: Uint8Array): Buffer {
  const body = Buffer.concat([Buffer.from(type), data]);
  const [length, check] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  check.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, check]);
}

/** What the matcher is told to know: another such picture. */
const known = picture(200);

/** A list of hashes for the configuration, with the one picture that opens an incident. */
export async function knownHashes(dir: string): Promise<string> {
  const path = `${dir}/hashes.txt`;
  await Deno.writeTextFile(path, `${createHash("sha256").update(known).digest("hex")}\n`);
  return path;
}

/** Files in the states that they can have, a command that carries some, and an incident. */
export async function seedFiles(services: Services): Promise<void> {
  const ann = await callerFor(services, "demo-ann");
  const bob = await callerFor(services, "demo-bob");
  const dov = await callerFor(services, "dov");
  // In two parts, so that no scanner of the machine takes this file for the one that it is about.
  const eicar = "X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR-STANDARD-" + "ANTIVIRUS-TEST-FILE!$H+H*";
  await upload(services, ann, "a letter that somebody sent.txt", new TextEncoder().encode(eicar));
  const plan = await upload(
    services,
    ann,
    "plan of the garden <b>.txt",
    new TextEncoder().encode("Beds, a path."),
  );
  const lake = await upload(
    services,
    bob,
    "the lake in the morning, seen from the north side.png",
    picture(20),
  );
  const words = await upload(services, bob, "list.txt", new TextEncoder().encode("Boots, bread, a map."));
  await upload(services, ann, "fence.png", picture(90));
  const media = { kind: "media", audience: { kind: "user" as const, to: ["demo-ann"] } };
  good(
    await services.commands.send(bob, {
      ...media,
      key: "files",
      title: "Where we meet",
      body: "By the tree on the left.",
      attachments: [lake.id, words.id],
    }),
  );
  good(
    await services.commands.send(ann, {
      ...media,
      audience: { kind: "user", to: ["demo-bob"] },
      key: "files",
      title: "What goes where",
      attachments: [plan.id],
    }),
  );
  const { items } = good(await services.commands.list(ann, { box: "outbox", q: "shelves" }));
  const shelves = await upload(services, dov, "shelves.png", picture(150));
  good(
    await services.commands.update(dov, {
      id: items[0]!.command.id,
      state: "submitted",
      note: "Done, and **level**. I used the long screws.",
      proof: [shelves.id],
    }),
  );
  await upload(services, dov, "IMG_2931.png", known);
  const visitor = { address: "192.0.2.7", requestId: "seed" };
  good(
    await services.removals.request(visitor, {
      hashes: [lake.sha256, "5e".repeat(32)],
      contact: "Mo, mo@example.org",
      statement: "It shows me at the lake last summer. A former friend sends it around here.",
      declared: true,
    }),
  );
}

/** Uploads, and waits for the checks. */
async function upload(
  services: Services,
  caller: Caller,
  name: string,
  bytes: Uint8Array<ArrayBuffer>,
): Promise<FileObject> {
  const from = { address: "192.0.2.7", port: 50_123, device: "web", requestId: "screenshots" };
  let file = good(
    await services.files.upload(caller, from, { name, size: bytes.length }, new Blob([bytes]).stream()),
  );
  for (let waitedMs = 0; file.state === "scanning"; waitedMs += lookMs) {
    if (waitedMs > longestMs) throw new Error(`${name} is still being checked.`);
    await new Promise((resolve) => setTimeout(resolve, lookMs));
    const now = await services.files.get(caller, file.id);
    if (now instanceof Refusal) return { ...file, state: "rejected" };
    file = now;
  }
  return file;
}
