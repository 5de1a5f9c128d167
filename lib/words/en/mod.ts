import { door } from "./door.ts";

export const en = { door };
