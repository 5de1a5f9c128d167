import assert from "node:assert/strict";
import { readConfig } from "../../lib/config/mod.ts";
import { launcher, packagedTasksOf } from "../../tools/package/launcher.ts";
import { writePackage } from "../../tools/package/main.ts";
import { signatureOf } from "../../tools/package/signature.ts";
import { permissionFlags } from "../../tools/permissions.ts";
import { freshBuild } from "../fakes/fresh_build.ts";

interface Component {
  name: string;
  version: string;
  purl: string;
  licenses: unknown[];
  hashes?: { alg: string; content: string }[];
}

/** A package with the Deno that runs the tests, below a folder whose name has a space; gone at the end. */
async function unpacked() {
  await freshBuild();
  const place = await Deno.makeTempDir({ prefix: "behest package " });
  const folder = (await Deno.realPath(Deno.execPath())).replace(/\/[^/]+$/, "");
  const deno = { name: "deno", version: Deno.version.deno, licence: "MIT", sha512: null, folder };
  const whole = await writePackage(place, "linux-x64-glibc", deno);
  // All that `./behest` may find by name: no Deno, Node or npm.
  const path = `${place}/path`;
  await Deno.mkdir(path);
  await Deno.mkdir(`${place}/empty`);
  for (const name of ["readlink", "dirname", "find"]) {
    await Deno.symlink(`/usr/bin/${name}`, `${path}/${name}`);
  }
  return { place, whole, path, [Symbol.asyncDispose]: () => Deno.remove(place, { recursive: true }) };
}

async function filesBelow(folder: string): Promise<string[]> {
  const found: string[] = [];
  for await (const { name, isDirectory, isFile } of Deno.readDir(folder)) {
    if (isDirectory) found.push(...await filesBelow(`${folder}/${name}`));
    if (isFile) found.push(`${folder}/${name}`);
  }
  return found;
}

Deno.test("OP-8: a package starts, serves and stops with no network, and no Deno, Node or npm in PATH", async () => {
  await using made = await unpacked();
  const { place, whole, path } = made;
  const smoke = new URL("../fakes/package_smoke.ts", import.meta.url).pathname;
  const { code, stdout, stderr } = await new Deno.Command("unshare", {
    args: [
      ...["--user", "--map-root-user", "--net", "sh", "-c", 'ip link set lo up && exec "$0" "$@"'],
      ...[Deno.execPath(), "run", "-A", "--no-check", "--cached-only", smoke, `${whole}/behest`, path],
    ],
    cwd: `${place}/empty`,
  }).output();
  const told = new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr);
  assert.equal(code, 0, told);

  const bill = JSON.parse(await Deno.readTextFile(`${whole}/sbom.cdx.json`));
  assert.deepEqual([bill.bomFormat, bill.specVersion], ["CycloneDX", "1.6"]);
  const components: Component[] = bill.components;
  const listed = new Set(components.map(({ name, version }) => `${name}@${version}`));
  const shipped: Component[] = JSON.parse(await Deno.readTextFile("_fresh/licences.json"));
  // What is optional and for other systems has no licence that anyone could read, and is not shipped.
  const missing = shipped.filter(({ name, version }) => !listed.has(`${name}@${version}`));
  assert.deepEqual(missing.map(({ name }) => name), []);
  for (const { name, licenses, hashes } of components.filter(({ name }) => name !== "deno")) {
    assert.ok(licenses.length > 0, `${name} has no licence`);
    assert.match(hashes?.[0]?.content ?? "", /^[0-9a-f]{128}$/, name);
  }
  const files = await filesBelow(whole);
  assert.ok(
    files.some((file) => file.includes("/cache/gen/") && file.includes("/routes/")),
    "prepare kept nothing",
  );
  const texts = files.filter((file) => file.startsWith(`${whole}/licences/`));
  assert.ok(
    texts.length > components.length / 2,
    `${texts.length} licences of ${components.length} packages`,
  );
  assert.deepEqual(
    files.filter((file) => /\.(node|so|dll)$/.test(file)),
    [],
    "it is for one platform's Deno only",
  );
  assert.deepEqual(files.filter((file) => /\/app\/(tests|sdk)\//.test(file)), []);
  const forTests = ["playwright-core", "esbuild", "typescript", "oidc-provider"];
  assert.deepEqual(components.filter(({ name }) => forTests.includes(name)), []);
  const root = Deno.cwd();
  for (const file of files.filter((one) => /\.(json|js|tsx?|txt)$/.test(one) && !one.includes("/cache/"))) {
    assert.ok(
      !(await Deno.readTextFile(file)).includes(root),
      `${file} names the folder that it was made in`,
    );
  }
});

Deno.test("OP-8: a package reads its own folder and .env, and not the working directory; all else is as deno task start", () => {
  const read = readConfig({ BEHEST_DATA_DIR: "/srv/behest" });
  assert.ok("config" in read);
  const [there, here] = [permissionFlags(read.config, "/opt/behest/app"), permissionFlags(read.config)];
  assert.deepEqual(there.filter((flag) => !here.includes(flag)), [
    "--allow-read=/opt/behest/app,.env,/srv/behest",
  ]);
  assert.deepEqual(here.filter((flag) => !there.includes(flag)), ["--allow-read=.,/srv/behest"]);
});

Deno.test("OP-8: a package's tools run with their tasks' permissions, and one that is no single program is refused", async () => {
  const { tasks } = JSON.parse(await Deno.readTextFile("deno.json"));
  const script = launcher(packagedTasksOf(tasks));
  assert.match(
    script,
    /run --no-prompt --allow-env --allow-read --allow-write "\$app\/tools\/backup\.ts" "\$@"/,
  );
  assert.doesNotMatch(script, /-A\b|--allow-all|--allow-run/);
  assert.throws(
    () => packagedTasksOf({ ...tasks, backup: "deno task build && deno run x.ts" }),
    /task backup/,
  );
});

Deno.test("OP-8: the signature of a package's checksums is what openssl takes for Ed25519", async () => {
  const pair = await crypto.subtle.generateKey("Ed25519", true, ["sign", "verify"]) as CryptoKeyPair;
  const der = new Uint8Array(await crypto.subtle.exportKey("pkcs8", pair.privateKey));
  const pem = `-----BEGIN PRIVATE KEY-----\n${der.toBase64()}\n-----END PRIVATE KEY-----\n`;
  const sums = new TextEncoder().encode("00  behest.tar.gz\n");
  const signature = await signatureOf(pem, sums);
  assert.ok(await crypto.subtle.verify("Ed25519", pair.publicKey, signature as BufferSource, sums));
  await assert.rejects(signatureOf("-----BEGIN PUBLIC KEY-----", sums), /no private key/);
});
