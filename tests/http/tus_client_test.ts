import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { Upload, type UploadOptions } from "tus-js-client";
import { Refusal } from "../../lib/protocol/mod.ts";
import { served, type ServedApp } from "../fakes/served.ts";
import { fakeServices } from "../fakes/services.ts";
import { told } from "../fakes/told.ts";

const place = "/api/v1/uploads";

/** What the npm client makes of an upload. */
function upload(app: ServedApp, bytes: Uint8Array, options: Partial<UploadOptions> = {}) {
  const ended = Promise.withResolvers<string | undefined>();
  const client = new Upload(Buffer.from(bytes), {
    endpoint: app.origin + place,
    metadata: { filename: "naïve 🐟.bin", filetype: "image/png" },
    headers: { authorization: "Bearer token-ann" },
    retryDelays: null,
    onSuccess: ({ lastResponse }) => ended.resolve(lastResponse.getHeader("behest-file-id")),
    onError: (error) => ended.reject(error),
    ...options,
  });
  client.start();
  return { client, fileId: ended.promise };
}

async function annsApp() {
  const fake = fakeServices({ uploadMaxBytes: 8 * 1024 * 1024, quotaBytes: 64 * 1024 * 1024 });
  fake.cookieOf("ann");
  const app = await served(fake.services);
  return { fake, app, [Symbol.asyncDispose]: () => app[Symbol.asyncDispose]() };
}

const bytes = Uint8Array.from({ length: 3_000_000 }, (_, place) => (place * 31) % 251);

Deno.test("FI-2: the npm client uploads: whole, in chunks, with the creation, with POST alone", async () => {
  await using tried = await annsApp();
  const { fake, app } = tried;
  const ways: Partial<UploadOptions>[] = [
    {},
    { chunkSize: 700_000 },
    { uploadDataDuringCreation: true },
    { uploadDataDuringCreation: true, chunkSize: 1_000_000 },
    { overridePatchMethod: true, chunkSize: 1_000_000 },
  ];
  for (const way of ways) {
    const fileId = await upload(app, bytes, way).fileId;
    const [file] = fake.world.files;
    assert.equal(fileId, file?.id, JSON.stringify(way));
    assert.equal(file?.name, "naïve 🐟.bin");
    assert.deepEqual(fake.world.contents.get(file!.id), bytes);
  }
  assert.equal(fake.world.files.length, ways.length);
});

Deno.test("FI-2: the npm client goes on where an upload was broken off", async () => {
  await using tried = await annsApp();
  const { fake, app } = tried;
  const paused = Promise.withResolvers<string>();
  const first = upload(app, bytes, {
    chunkSize: 500_000,
    onChunkComplete(_size, accepted) {
      if (accepted < 1_000_000) return;
      void first.client.abort().then(() => paused.resolve(first.client.url ?? ""));
    },
  });
  const uploadUrl = await paused.promise;
  assert.equal(fake.world.files.length, 0);
  const sent: string[] = [];
  const second = upload(app, bytes, {
    uploadUrl,
    onBeforeRequest: (request) => void sent.push(request.getMethod()),
  });
  assert.equal(await second.fileId, fake.world.files[0]?.id);
  assert.deepEqual(sent, ["HEAD", "PATCH"]);
  assert.deepEqual(fake.world.contents.get(fake.world.files[0]!.id), bytes);
  // Of one that is whole the client hears with its first question.
  assert.equal(await upload(app, bytes, { uploadUrl }).fileId, fake.world.files[0]?.id);
});

Deno.test("FI-2: the npm client ends an upload, and is told what is refused", async () => {
  await using tried = await annsApp();
  const { fake, app } = tried;
  const paused = Promise.withResolvers<void>();
  const begun = upload(app, bytes, {
    chunkSize: 500_000,
    onChunkComplete: () => void begun.client.abort(true).then(paused.resolve, paused.reject),
  });
  await paused.promise;
  assert.equal(fake.world.uploads.size, 0);
  await assert.rejects(upload(app, new Uint8Array(8 * 1024 * 1024 + 1)).fileId, /413/);
  fake.world.refuse.set("upload.append", new Refusal("not_clean", told("This file is not accepted.")));
  await assert.rejects(upload(app, bytes).fileId, /409.*This file is not accepted/s);
});
