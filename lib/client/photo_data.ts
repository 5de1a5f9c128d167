import type { LocationData } from "./location_data.ts";

/** What `location_data.ts` does. That is loaded with the first photo, apart from the rest of the client library (UI-7). */
export async function withoutLocationData(photo: Blob): Promise<LocationData> {
  const { withoutLocationData } = await import("./location_data.ts");
  return await withoutLocationData(photo);
}
