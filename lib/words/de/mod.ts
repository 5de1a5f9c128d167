import type { Words } from "../mod.ts";
import { door } from "./door.ts";

export const de = { door } satisfies Words;
