import assert from "node:assert/strict";
import { namesIn, type Offer, offersFor } from "../../lib/browser/offers.ts";
import { fold } from "../../lib/protocol/fold.ts";

const person = (name: string, title: string): Offer => ({ kind: "person", name, title, picture: false });
const all: Offer[] = [
  person("ann", "Zoë Álvarez"),
  person("bob", "Bob Tomlin"),
  person("tomas", "Tomás Ferreira"),
  { kind: "group", name: "growers", title: "Tomato growers", picture: false, members: 3 },
];
const found = (typed: string) => offersFor(all, typed, fold).map(({ name }) => name);

Deno.test("AU-8: contacts and groups are offered by any part of their names, those that begin with it first", () => {
  assert.deepEqual(found("tom"), ["tomas", "growers", "bob"]);
  assert.deepEqual(found("ZOE alv"), ["ann"]);
  assert.deepEqual(found("@bob"), ["bob"]);
  assert.deepEqual(found("nobody"), []);
  const many = Array.from({ length: 20 }, (_, at) => person(`p${at}`, `Person ${at}`));
  assert.equal(offersFor(many, "person", fold).length, 8);
});

Deno.test("BR-1: names are parted by commas or spaces, and written with or without the sign", () => {
  assert.deepEqual(namesIn(" @Ann,bob;  carl "), ["ann", "bob", "carl"]);
  assert.deepEqual(namesIn(" , "), []);
});
