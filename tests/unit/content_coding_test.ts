import assert from "node:assert/strict";
import { type Coding, codingFor, varyBy } from "../../lib/web/content_coding.ts";

Deno.test("UI-7: a client gets the coding that it likes most, and none that it does not want", () => {
  const both: readonly Coding[] = ["br", "gzip"];
  for (
    const [accept, expected] of [
      [null, null],
      ["", null],
      ["identity", null],
      ["gzip, deflate, br, zstd", "br"],
      ["gzip", "gzip"],
      ["x-gzip", "gzip"],
      ["GZIP", "gzip"],
      ["br;q=0, gzip", "gzip"],
      ["br;q=0.5, gzip;q=0.8", "gzip"],
      ["br;q=0.8 ,gzip;q=0.8", "br"],
      ["gzip;q=0", null],
      ["*", "br"],
      ["*;q=0", null],
      ["*;q=0, gzip", "gzip"],
      ["br;q=0, *", "gzip"],
      ["identity, gzip;q=0.5", null],
      ["identity;q=0.5, gzip;q=0.5", "gzip"],
      ["identity;q=0, gzip;q=0.001", "gzip"],
      ["identity;q=0", null],
      ["deflate, zstd", null],
      ["gzip;q=2", null],
      ["gzip;q=x, br", "br"],
      ["gzip;quality=1", null],
    ] as const
  ) assert.equal(codingFor(accept, both), expected, String(accept));
  assert.equal(codingFor("br, gzip;q=0.1", ["gzip"]), "gzip");
  assert.equal(codingFor("br", ["gzip"]), null);
});

Deno.test("UI-7: Vary keeps what it names, and names nothing twice", () => {
  for (
    const [before, after] of [
      [null, "Accept-Encoding"],
      ["If-None-Match", "If-None-Match, Accept-Encoding"],
      ["accept-encoding", "accept-encoding"],
      ["Cookie,Accept-Encoding", "Cookie,Accept-Encoding"],
      ["*", "*"],
    ] as const
  ) {
    const headers = new Headers(before === null ? {} : { vary: before });
    varyBy(headers, "Accept-Encoding");
    assert.equal(headers.get("vary"), after);
  }
});
