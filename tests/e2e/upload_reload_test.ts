import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { siteTest, slowUploads } from "../fakes/browser_site.ts";
import { until } from "../fakes/until.ts";

const sizeBytes = 3_000_000;

interface Visit {
  page: Page;
  base: string;
  /** A file on the disk, so that it is the same one when it is chosen again. */
  path: string;
  /** `Upload-Offset` of what was sent, request by request. */
  offsets: number[];
}

const uploadTest = (name: string, run: (visit: Visit) => Promise<void>) =>
  siteTest(name, async ({ base, known }) => {
    await using closing = new AsyncDisposableStack();
    const dir = await Deno.makeTempDir({ prefix: "behest-upload-" });
    closing.defer(() => Deno.remove(dir, { recursive: true }));
    const path = `${dir}/film.bin`;
    await Deno.writeFile(path, new Uint8Array(sizeBytes).map((_, at) => at % 251));
    const page = await known("demo-ann");
    // A page with uploads under way asks before it goes.
    page.on("dialog", (dialog) => void dialog.accept());
    const offsets: number[] = [];
    page.on("request", (request) => {
      if (request.method() === "PATCH") offsets.push(Number(request.headers()["upload-offset"]));
    });
    await page.goto(`${base}/files`);
    await run({ page, base, path, offsets });
  });

/** Sends a part of the file, then loads the page anew. */
async function breakOff({ page, path }: Visit): Promise<void> {
  await slowUploads(page, 400_000);
  await page.getByLabel("Upload files").setInputFiles(path);
  const bar = page.getByRole("progressbar", { name: "film.bin" });
  await bar.waitFor();
  await until(async () => Number(await bar.getAttribute("value")) >= 25);
  await page.reload();
  await slowUploads(page, -1);
}

uploadTest(
  "UI-5: an upload goes on where a reload broke it off, when its file is chosen again",
  async (visit) => {
    const { page, path, offsets, base } = visit;
    await breakOff(visit);
    await page.getByText("Unfinished").waitFor();
    const row = page.getByRole("listitem").filter({ hasText: "film.bin" });
    assert.match(await row.textContent() ?? "", /[1-9]\d?% of 2\.86 MiB uploaded/);
    const before = offsets.length;
    await page.getByLabel("Upload files").setInputFiles(path);
    await page.getByRole("list", { name: "Your files" }).getByText("film.bin").waitFor();
    assert.equal(await page.getByText("Unfinished").count(), 0);
    assert.equal(offsets[0], 0);
    assert.ok(offsets[before]! > 0, "it began anew");
    const { files } = await (await page.request.get(`${base}/api/v1/files`)).json();
    assert.deepEqual(files.map((file: { size: number }) => file.size), [sizeBytes]);
    await page.reload();
    await page.getByLabel("Upload files").waitFor();
    assert.equal(await page.getByText("Unfinished").count(), 0);
  },
);

uploadTest("UI-5: what broke off can be forgotten, here and on the server", async (visit) => {
  const { page, path, offsets } = visit;
  await breakOff(visit);
  const gone = page.waitForResponse((response) => response.request().method() === "DELETE");
  await page.getByRole("button", { name: "Discard: film.bin" }).click();
  assert.equal((await gone).status(), 204);
  await page.getByText("Unfinished").waitFor({ state: "detached" });
  await page.reload();
  await page.getByLabel("Upload files").setInputFiles(path);
  await page.getByRole("list", { name: "Your files" }).getByText("film.bin").waitFor();
  assert.equal(offsets.filter((offset) => offset === 0).length, 2);
});

uploadTest("UI-5: nobody else at the same browser hears what somebody did not finish", async (visit) => {
  const { page, base } = visit;
  await breakOff(visit);
  await page.getByText("Unfinished").waitFor();
  await page.evaluate(() => {
    const [key = ""] = Object.keys(localStorage).filter((one) => one.startsWith("behest-upload:"));
    const kept = JSON.parse(localStorage.getItem(key) ?? "");
    // As if another account had begun it, or another site had put it there.
    localStorage.setItem(key, JSON.stringify({ ...kept, url: `${kept.url.slice(0, -4)}0000` }));
    localStorage.setItem(
      "behest-upload:x1",
      JSON.stringify({ ...kept, url: "https://evil.example/api/v1/uploads/1" }),
    );
    localStorage.setItem("behest-upload:x2", "no JSON");
  });
  const asked: string[] = [];
  page.on("request", (request) => request.method() === "HEAD" && asked.push(request.url()));
  const answered = page.waitForResponse((response) => response.request().method() === "HEAD");
  await page.reload();
  assert.equal((await answered).status(), 404);
  await page.getByLabel("Upload files").waitFor();
  assert.equal(await page.getByText("Unfinished").count(), 0);
  assert.ok(asked.every((url) => url.startsWith(base)), String(asked));
});

uploadTest(
  "UI-5: an upload goes on by itself when the connection breaks off for a moment",
  async ({ page, path, base, offsets }) => {
    let broken = 0;
    await page.route("**/api/v1/uploads/*", async (route) => {
      if (route.request().method() !== "PATCH" || broken >= 2) return await route.continue();
      broken++;
      await route.abort("connectionreset");
    });
    await page.getByLabel("Upload files").setInputFiles(path);
    await page.getByRole("list", { name: "Your files" }).getByText("film.bin").waitFor();
    assert.equal(broken, 2);
    assert.deepEqual(offsets, [0, 0, 0, 1_000_000, 2_000_000]);
    const { files } = await (await page.request.get(`${base}/api/v1/files`)).json();
    assert.deepEqual(files.map((file: { size: number }) => file.size), [sizeBytes]);
  },
);
