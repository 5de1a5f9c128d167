const keptName = "behest.zones-kept";
/** Choices kept: each browser meets few zones. */
const keptAtMost = 20;

/** The time zone of this browser, if its clock ever differs from that of `zone` and nobody said to keep that. Only for the browser. */
export function otherZone(zone: string): string | null {
  const own = Intl.DateTimeFormat().resolvedOptions().timeZone;
  if (!own || own === zone || sameClock(own, zone)) return null;
  return kept().includes(keyOf(zone, own)) ? null : own;
}

/** Asked once for each pair. */
export function keepZone(zone: string, own: string): void {
  try {
    const next = [keyOf(zone, own), ...kept()].slice(0, keptAtMost);
    localStorage.setItem(keptName, JSON.stringify(next));
  } catch {
    // Storage is off: it is asked again at the next page.
  }
}

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

function sameClock(one: string, other: string): boolean {
  const year = new Date().getFullYear();
  return [0, 3, 6, 9].every((month) => {
    const at = Date.UTC(year, month, 15);
    return offsetMinutes(one, at) === offsetMinutes(other, at);
  });
}

function offsetMinutes(timeZone: string, at: number): number {
  const parts = new Intl.DateTimeFormat("en-GB", { timeZone, timeZoneName: "longOffset" }).formatToParts(at);
  const name = parts.find(({ type }) => type === "timeZoneName")?.value ?? "";
  const [, sign, hours, minutes] = /^GMT([+-])(\d\d):(\d\d)$/.exec(name) ?? [];
  return sign === undefined ? 0 : (sign === "-" ? -1 : 1) * (Number(hours) * 60 + Number(minutes));
}

function keyOf(zone: string, own: string): string {
  return `${zone} ${own}`;
}

function kept(): string[] {
  try {
    const list: unknown = JSON.parse(localStorage.getItem(keptName) ?? "[]");
    return Array.isArray(list) ? list.filter((one) => typeof one === "string") : [];
  } catch {
    return [];
  }
}
