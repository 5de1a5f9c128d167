/** A time of day of one zone as another zone's clock shows it now. */
export function timeIn(own: string, zone: string, hour: number, now: number): string {
  const shift = offsetMinutes(own, now) - offsetMinutes(zone, now);
  const minutes = ((hour * 60 + shift) % 1440 + 1440) % 1440;
  return `${String(Math.floor(minutes / 60)).padStart(2, "0")}:${String(minutes % 60).padStart(2, "0")}`;
}

/** Minutes since Monday, 00:00, as a zone's clock shows it. */
export function minuteOfWeek(zone: string, now: number): number {
  const there = new Date(now + offsetMinutes(zone, now) * 60_000);
  return (there.getUTCDay() + 6) % 7 * 1440 + there.getUTCHours() * 60 + there.getUTCMinutes();
}

function offsetMinutes(timeZone: string, at: number): number {
  const parts = new Intl.DateTimeFormat("en-GB", { timeZone, timeZoneName: "longOffset" }).formatToParts(at);
  const name = parts.find(({ type }) => type === "timeZoneName")?.value ?? "";
  const [, sign, hours, minutes] = /^GMT([+-])(\d\d):(\d\d)$/.exec(name) ?? [];
  return sign === undefined ? 0 : (sign === "-" ? -1 : 1) * (Number(hours) * 60 + Number(minutes));
}
