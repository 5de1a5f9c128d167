const deviceKey = "behest-device";

/** This browser's or tab's name as a device (WS-1), kept in `storage` so that a later page resumes where this one ended. */
export function deviceName(storage: () => Storage): string {
  try {
    const kept = storage().getItem(deviceKey);
    if (kept !== null && /^[A-Za-z0-9._-]{1,64}$/.test(kept)) return kept;
    const made = `web-${randomName()}`;
    storage().setItem(deviceKey, made);
    return made;
  } catch {
    // Storage is switched off: each page is a new device, which works but resumes nothing.
    return `web-${randomName()}`;
  }
}

export function randomName(): string {
  return crypto.getRandomValues(new Uint32Array(2)).join("-");
}
