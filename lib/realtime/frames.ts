import type { LiveCommand } from "../platform/mod.ts";
import { type Command, limits, type Notification, type RpcErrorObject, type RpcId } from "../protocol/mod.ts";
import { utf8Bytes } from "./bytes.ts";

export function notificationText(
  method: Notification | (string & Record<never, never>),
  params: unknown,
): string {
  return JSON.stringify({ jsonrpc: "2.0", method, params });
}

export function resultText(id: RpcId, result: unknown): string {
  return JSON.stringify({ jsonrpc: "2.0", id, result });
}

export function errorText(id: RpcId | null, error: RpcErrorObject): string {
  return JSON.stringify({ jsonrpc: "2.0", id, error });
}

const deliverHead = '{"jsonrpc":"2.0","method":"command.deliver","params":{"deliveries":[';
const deliverTail = "]}}";

/** One `command.deliver` or `chat.message` frame, its bytes as UTF-8, and the number of deliveries in it. */
export interface DeliverFrame {
  text: string;
  bytes: number;
  count: number;
}

type Packed = LiveCommand["delivery"];

/** A chat message of the log; it has a `chat.message` frame of its own. */
export interface PackedMessage {
  cursor: string;
  message: { id: string };
}

export function isMessage(delivery: Packed | PackedMessage): delivery is PackedMessage {
  return "message" in delivery;
}

interface Json {
  json: string;
  bytes: number;
}

/** JSON of commands to a group, a category or everyone: all their recipients get the same text. */
const written = new WeakMap<object, Json>();

function jsonOf(command: Packed["command"]): Json {
  const known = written.get(command);
  if (known !== undefined) return known;
  const json = JSON.stringify(command);
  const one = { json, bytes: utf8Bytes(json) };
  const { audience }: Partial<Command> = command;
  if (audience !== undefined && audience.kind !== "user") written.set(command, one);
  return one;
}

/**
 * DL-1: packs deliveries, beginning at index `from`, into one frame of at most `deliverBatch` deliveries and `deliverFrameBytes`, or
 * one chat message.
 */
export function packDeliveries(deliveries: readonly (Packed | PackedMessage)[], from: number): DeliverFrame {
  const first = deliveries[from];
  if (first !== undefined && isMessage(first)) {
    const text = notificationText("chat.message", first);
    return { text, bytes: utf8Bytes(text), count: 1 };
  }
  let text = deliverHead;
  let bytes = deliverHead.length + deliverTail.length;
  let count = 0;
  for (let at = from; at < deliveries.length && count < limits.deliverBatch; at++) {
    const delivery = deliveries[at]!;
    if (isMessage(delivery)) break;
    const { cursor, command, state } = delivery;
    const { json, bytes: commandBytes } = jsonOf(command);
    const head = `${count === 0 ? "" : ","}{"cursor":"${cursor}","command":`;
    const tail = `,"state":"${state}"}`;
    const size = head.length + commandBytes + tail.length;
    // The first one is always taken: the limits of a command keep it small enough.
    if (count > 0 && bytes + size > limits.deliverFrameBytes) break;
    text += head + json + tail;
    bytes += size;
    count++;
  }
  return { text: text + deliverTail, bytes, count };
}
