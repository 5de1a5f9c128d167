import assert from "node:assert/strict";

/** Text of a person that would be markup if a page forgot to escape it. */
export const nasty = `"><script>alert(1)</script><img src=x onerror=alert(1)>'`;

export function assertNoMarkup(html: string): void {
  assert.ok(!html.includes("<script>alert"), "a script got in");
  assert.ok(!html.includes("<img"), "an element got in");
  // Quotes are escaped wherever people's text stands, so what is between quotes is one attribute.
  const bare = html.replaceAll(/"[^"]*"/g, '""');
  assert.ok(!/<[a-z][^<>]*\son\w+\s*=/i.test(bare), "a handler got in");
}
