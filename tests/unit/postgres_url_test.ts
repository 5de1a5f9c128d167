import assert from "node:assert/strict";
import { kvName, parsePostgres, type PostgresUrl } from "../../lib/config/postgres_url.ts";
import { ConfigProblem, describeConfig, readConfig } from "../../lib/config/mod.ts";

function parsed(text: string): PostgresUrl {
  const url = parsePostgres(text);
  assert.ok("hosts" in url, JSON.stringify(url));
  return url;
}

Deno.test("OP-7: a database is named as libpq names it", () => {
  assert.deepEqual(parsed("postgres://me:a%40%2Fb@db.example.org/behest"), {
    hosts: ["db.example.org:5432"],
    database: "behest",
    user: "me",
    password: "a@/b",
    tls: "verified",
    caFile: null,
    schema: "behest",
  });
  const several = parsed("postgresql://me@a.example:1,[fd00::1],10.0.0.1:6432/x?schema=two&sslmode=require");
  assert.deepEqual(several.hosts, ["a.example:1", "[fd00::1]:5432", "10.0.0.1:6432"]);
  assert.deepEqual([several.password, several.tls, several.schema], [null, "unverified", "two"]);
  assert.equal(parsed("postgres://me@db.example.org/x?sslrootcert=/etc/ca.pem").caFile, "/etc/ca.pem");
});

Deno.test("OP-7: only what stays on this computer goes without TLS, unless somebody says so", () => {
  const tlsOf = (hosts: string, query = "") => parsed(`postgres://me@${hosts}/behest${query}`).tls;
  for (const hosts of ["localhost", "127.0.0.1:5433", "[::1]", "127.0.0.1:1,localhost:2"]) {
    assert.equal(tlsOf(hosts), "off", hosts);
  }
  for (const hosts of ["localhost,db.example.org", "localhost.example.org"]) {
    assert.equal(tlsOf(hosts), "verified", hosts);
  }
  assert.equal(tlsOf("localhost", "?sslmode=verify-full"), "verified");
  for (const address of ["10.0.0.1", "[fd00::1]:6432", "db.example.org,10.0.0.1"]) {
    assert.match(JSON.stringify(parsePostgres(`postgres://me@${address}/behest`)), /which TLS verifies/);
  }
  assert.equal(tlsOf("10.0.0.1", "?sslmode=disable"), "off");
});

Deno.test("OP-7: the password is in no message and no list", () => {
  const text = "postgres://me:geheim@db.example.org/behest";
  assert.equal(kvName(parsed(text)), "postgres://me@db.example.org:5432/behest");
  const { config } = readConfig({ BEHEST_KV: text }) as Exclude<ReturnType<typeof readConfig>, ConfigProblem>;
  assert.doesNotMatch(describeConfig(config), /geheim/);
  for (
    const wrong of [
      `${text}?x=1`,
      "postgres://me:geheim@db.example.org",
      "postgres://:geheim@db/x",
      "postgres://a:x/geheim@db/x",
      "postgres://me@db.example.org/x?sslmode=require&password=geheim",
    ]
  ) {
    const problem = readConfig({ BEHEST_KV: wrong });
    assert.ok(problem instanceof ConfigProblem);
    assert.doesNotMatch(problem.line, /geheim/);
  }
});
