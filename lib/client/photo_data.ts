import type { LocationData } from "./location_data.ts";

/** As in `location_data.ts`, which is loaded with the first photo and not with the client library (UI-7). */
export async function withoutLocationData(photo: Blob): Promise<LocationData> {
  const { withoutLocationData } = await import("./location_data.ts");
  return await withoutLocationData(photo);
}
