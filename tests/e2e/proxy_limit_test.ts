import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { en } from "../../lib/words/en/mod.ts";
import { siteTest } from "../fakes/browser_site.ts";
import { NginxProcess } from "../fakes/nginx_process.ts";

const sizeBytes = 2_500_000;
const film = {
  name: "film.bin",
  mimeType: "application/octet-stream",
  buffer: Buffer.alloc(sizeBytes, "film"),
};

/** Uploads a file through an nginx with this limit; gives the status of each part and what the page says at the end. */
const uploaded = (name: string, bodyLimit: string, done: string, see: (statuses: number[]) => void) =>
  siteTest(name, async ({ base, known }) => {
    await using nginx = await NginxProcess.start(Number(new URL(base).port), bodyLimit);
    const page = await known("demo-ann");
    const cookies = await page.context().cookies(base);
    await page.context().addCookies(cookies.map(({ name, value }) => ({ name, value, url: nginx.origin })));
    const statuses: number[] = [];
    page.on("response", (response) => {
      if (response.request().method() === "PATCH") statuses.push(response.status());
    });
    await page.goto(`${nginx.origin}/files`);
    await page.getByLabel("Upload files").setInputFiles(film);
    await page.getByText(done).first().waitFor();
    const { files } = await (await page.request.get(`${base}/api/v1/files`)).json();
    see(statuses);
    if (statuses.includes(204)) {
      assert.deepEqual(files.map((file: { size: number }) => file.size), [sizeBytes]);
    } else {
      assert.deepEqual(files, []);
    }
    await page.close();
  });

uploaded(
  "FI-9: a large file passes a proxy that takes bodies of 1 MiB",
  "1m",
  "film.bin was uploaded and is being checked.",
  (statuses) => assert.deepEqual(statuses, [204, 204, 204]),
);

uploaded(
  "FI-9: a proxy that takes less gets smaller parts after its 413",
  "300k",
  "film.bin was uploaded and is being checked.",
  (statuses) => {
    assert.deepEqual(statuses.slice(0, 3), [413, 413, 204]);
    assert.ok(statuses.slice(2).every((status) => status === 204), String(statuses));
  },
);

uploaded(
  "FI-9: where a proxy takes no part at all, the page says that its limit is too low",
  "1k",
  en.upload.proxyLimit,
  (statuses) =>
    assert.ok(statuses.length > 1 && statuses.every((status) => status === 413), String(statuses)),
);
