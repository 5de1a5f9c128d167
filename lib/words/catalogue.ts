import type { en } from "./en/mod.ts";
import type { Shape } from "./shape.ts";

/** Every section of the pages' words, as English has it; the other languages are checked against it by the compiler. */
export type Words = Shape<typeof en>;
export type Section = keyof Words;
