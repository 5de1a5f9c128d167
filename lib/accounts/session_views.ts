import { iso } from "../platform/mod.ts";
import type { Renewal, Session, SessionMisuse } from "../protocol/mod.ts";
import type { MisuseRecord, SessionRecord } from "./ports.ts";

export function sessionOf(session: SessionRecord, currentId: string): Session {
  const { id, device, address, createdAt, lastSeenAt, expiresAt, agent, timeZone, renewal } = session;
  return {
    id,
    device,
    address,
    createdAt: iso(createdAt),
    lastSeenAt: iso(lastSeenAt),
    expiresAt: iso(expiresAt),
    current: id === currentId,
    agent: agent ?? null,
    timeZone: timeZone ?? null,
    stays: renewal !== undefined,
  };
}

export function misuseOf({ id, device, agent, address, at }: MisuseRecord): SessionMisuse {
  return { id, device, agent: agent ?? null, address, at: iso(at) };
}

export function renewalOf({ expiresAt }: SessionRecord, credential: string): Renewal {
  return { credential, expiresAt: iso(expiresAt) };
}
