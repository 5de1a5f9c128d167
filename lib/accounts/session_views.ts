import { iso } from "../platform/mod.ts";
import { Refusal, type Renewal, type Session, type SessionMisuse } from "../protocol/mod.ts";
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

export function sessionOver(): Refusal {
  return new Refusal("unauthorized", "session.over");
}

/** AU-13: for what is under way while another session takes the place of its own: the device has the new one in a moment. */
export function sessionReplaced(kind: "unauthorized" | "conflict"): Refusal {
  return new Refusal(kind, "session.replaced");
}

export function renewalOf({ expiresAt }: SessionRecord, credential: string): Renewal {
  return { credential, expiresAt: iso(expiresAt) };
}
