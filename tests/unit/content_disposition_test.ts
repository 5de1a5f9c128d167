import assert from "node:assert/strict";
import fc from "fast-check";
import { contentDisposition } from "../../lib/web/files/content_headers.ts";

Deno.test("FI-5: a plain name stands in quotes, and nowhere else", () => {
  assert.equal(contentDisposition("inline", "a photo.jpg"), 'inline; filename="a photo.jpg"');
  assert.equal(contentDisposition("attachment", "it's (1).txt"), `attachment; filename="it's (1).txt"`);
});

Deno.test("FI-5: other names come twice, in ASCII and as RFC 8187 writes them", () => {
  const names: [string, string][] = [
    ["naïve.txt", `filename="na_ve.txt"; filename*=UTF-8''na%C3%AFve.txt`],
    ['say "hi".txt', `filename="say _hi_.txt"; filename*=UTF-8''say%20%22hi%22.txt`],
    ["a\\b", `filename="a_b"; filename*=UTF-8''a%5Cb`],
    ["50%41.txt", `filename="50_41.txt"; filename*=UTF-8''50%2541.txt`],
    ["a\r\nX-Evil: 1", `filename="a__X-Evil: 1"; filename*=UTF-8''a%0D%0AX-Evil%3A%201`],
    ["../x", `filename=".._x"; filename*=UTF-8''..%2Fx`],
    ["abc\u202etxt.exe", `filename="abc_txt.exe"; filename*=UTF-8''abc%E2%80%AEtxt.exe`],
    ["🐟's*", `filename="_'s*"; filename*=UTF-8''%F0%9F%90%9F%27s%2A`],
    ["half \ud83d", `filename="half _"; filename*=UTF-8''half%20%EF%BF%BD`],
  ];
  for (const [name, expected] of names) {
    assert.equal(contentDisposition("attachment", name), `attachment; ${expected}`, name);
  }
});

Deno.test("FI-5, FI-8: whatever the name, the header is one line of ASCII that gives it back", () => {
  fc.assert(fc.property(fc.string({ unit: "binary", maxLength: 255 }), (name) => {
    const header = contentDisposition("attachment", name);
    assert.match(header, /^[\x20-\x7e]*$/);
    new Headers({ "content-disposition": header });
    const [, plain, , extended] =
      /^attachment; filename="([^"\\]*)"(; filename\*=UTF-8''([A-Za-z0-9!#$&+.^_`|~%-]*))?$/.exec(header) ??
        [];
    assert.notEqual(plain, undefined, header);
    assert.equal(extended === undefined ? plain : decodeURIComponent(extended), name.toWellFormed());
  }));
});
