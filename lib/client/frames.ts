import type { ChatDelivery } from "../protocol/chat.ts";
import type { CommandChanged, Delivery } from "../protocol/commands.ts";
import { clientLimits as limits } from "../protocol/client_limits.ts";
import type { NotificationParams } from "../protocol/methods.ts";

/**
 * Checks the fields of a notification that the library itself uses; undefined means that the server broke the protocol. The whole
 * schemas would add the validator to every page.
 */
type Fields = Record<string, unknown>;

export type SessionReady = NotificationParams<"session.ready">;

export function readReady(params: Fields): SessionReady | undefined {
  const { protocol, user, heartbeat, stopped } = params;
  const sound = protocol === 1 && isFields(user) && typeof user.id === "string" && isFields(heartbeat) &&
    isPositive(heartbeat.intervalMs) && isPositive(heartbeat.misses) && typeof stopped === "boolean";
  return sound ? params as SessionReady : undefined;
}

export function readDeliveries(params: Fields): Delivery[] | undefined {
  const { deliveries } = params;
  if (!Array.isArray(deliveries) || deliveries.length > limits.deliverBatch) return undefined;
  return deliveries.every(isDelivery) ? deliveries : undefined;
}

export function readMessage(params: Fields): ChatDelivery | undefined {
  const { cursor, message } = params;
  const sound = typeof cursor === "string" && isFields(message) && typeof message.id === "string";
  return sound ? params as ChatDelivery : undefined;
}

export function readChanged(params: Fields): CommandChanged | undefined {
  const { id, state } = params;
  const sound = typeof id === "string" && (state === undefined || typeof state === "string");
  return sound ? params as CommandChanged : undefined;
}

export function readStopped(params: Fields): boolean | undefined {
  return typeof params.stopped === "boolean" ? params.stopped : undefined;
}

export interface Closing {
  code: number;
  reconnect: boolean;
}

export function readClosing(params: Fields): Closing | undefined {
  const { code, reconnect } = params;
  return typeof code === "number" && typeof reconnect === "boolean" ? { code, reconnect } : undefined;
}

function isDelivery(value: unknown): value is Delivery {
  return isFields(value) && typeof value.cursor === "string" && typeof value.state === "string" &&
    isFields(value.command) && typeof value.command.id === "string";
}

function isFields(value: unknown): value is Fields {
  return value !== null && typeof value === "object" && !Array.isArray(value);
}

function isPositive(value: unknown): value is number {
  return typeof value === "number" && Number.isFinite(value) && value > 0;
}
