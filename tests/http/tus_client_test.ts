import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { createHash } from "node:crypto";
import { Upload, type UploadOptions } from "tus-js-client";
import { annsFiles } from "../fakes/anns_files.ts";
import { served } from "../fakes/served.ts";

const place = "/api/v1/uploads";

/** What the npm client makes of an upload. */
function upload({ app, anns }: Tried, bytes: Uint8Array, options: Partial<UploadOptions> = {}) {
  const ended = Promise.withResolvers<string | undefined>();
  const client = new Upload(Buffer.from(bytes), {
    endpoint: app.origin + place,
    metadata: { filename: "naïve 🐟.bin", filetype: "image/png" },
    headers: anns.bearer,
    retryDelays: null,
    onSuccess: ({ lastResponse }) => ended.resolve(lastResponse.getHeader("behest-file-id")),
    onError: (error) => ended.reject(error),
    ...options,
  });
  client.start();
  return { client, fileId: ended.promise };
}

type Tried = Awaited<ReturnType<typeof annsApp>>;

async function annsApp() {
  const [uploadMaxBytes, quotaBytes] = [8 * 1024 * 1024, 64 * 1024 * 1024].map(String) as [string, string];
  const anns = await annsFiles({
    env: { BEHEST_UPLOAD_MAX_BYTES: uploadMaxBytes, BEHEST_QUOTA_BYTES: quotaBytes },
  });
  const app = await served(anns.app.services);
  return {
    anns,
    app,
    async [Symbol.asyncDispose]() {
      await app[Symbol.asyncDispose]();
      await anns[Symbol.asyncDispose]();
    },
  };
}

const bytes = Uint8Array.from({ length: 3_000_000 }, (_, place) => (place * 31) % 251);
const sha256 = createHash("sha256").update(bytes).digest("hex");

Deno.test("FI-2: the npm client uploads: whole, in chunks, with the creation, with POST alone", async () => {
  await using tried = await annsApp();
  const { anns } = tried;
  const ways: Partial<UploadOptions>[] = [
    {},
    { chunkSize: 700_000 },
    { uploadDataDuringCreation: true },
    { uploadDataDuringCreation: true, chunkSize: 1_000_000 },
    { overridePatchMethod: true, chunkSize: 1_000_000 },
  ];
  for (const way of ways) {
    const fileId = await upload(tried, bytes, way).fileId;
    const [file] = await anns.files();
    assert.equal(fileId, file?.id, JSON.stringify(way));
    assert.equal(file?.name, "naïve 🐟.bin");
    assert.equal(file?.sha256, sha256);
  }
  assert.equal((await anns.files()).length, ways.length);
});

Deno.test("FI-2: the npm client goes on where an upload was broken off", async () => {
  await using tried = await annsApp();
  const { anns } = tried;
  const paused = Promise.withResolvers<string>();
  const first = upload(tried, bytes, {
    chunkSize: 500_000,
    onChunkComplete(_size, accepted) {
      if (accepted < 1_000_000) return;
      void first.client.abort().then(() => paused.resolve(first.client.url ?? ""));
    },
  });
  const uploadUrl = await paused.promise;
  assert.deepEqual(await anns.files(), []);
  const sent: string[] = [];
  const second = upload(tried, bytes, {
    uploadUrl,
    onBeforeRequest: (request) => void sent.push(request.getMethod()),
  });
  const fileId = await second.fileId;
  const [file] = await anns.files();
  assert.deepEqual([fileId, file?.sha256], [file?.id, sha256]);
  assert.deepEqual(sent, ["HEAD", "PATCH"]);
  // Of one that is whole the client hears with its first question.
  assert.equal(await upload(tried, bytes, { uploadUrl }).fileId, file?.id);
});

Deno.test("FI-2: the npm client ends an upload, and is told what is refused", async () => {
  await using tried = await annsApp();
  const { anns } = tried;
  const paused = Promise.withResolvers<void>();
  const begun = upload(tried, bytes, {
    chunkSize: 500_000,
    onChunkComplete: () => void begun.client.abort(true).then(paused.resolve, paused.reject),
  });
  await paused.promise;
  assert.deepEqual(await Array.fromAsync(anns.app.blobs.staged()), []);
  await assert.rejects(upload(tried, new Uint8Array(8 * 1024 * 1024 + 1)).fileId, /413/);
  await anns.app.file("ann", { content: bytes, state: "rejected" });
  await assert.rejects(upload(tried, bytes).fileId, /409.*not_clean/s);
});
