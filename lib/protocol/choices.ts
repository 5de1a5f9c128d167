import { z } from "zod";
import { because } from "./message.ts";

/** CO-1: a person's choice for a category. */
export const categoryChoice = z.enum(["allow", "ask", "block"]);
export type CategoryChoice = z.infer<typeof categoryChoice>;

/** A time of day. */
export const clock = z.string().regex(/^([01][0-9]|2[0-3]):[0-5][0-9]$/, {
  error: because("field.clock"),
});
