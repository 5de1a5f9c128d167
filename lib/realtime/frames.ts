import { limits, type Notification, type RpcErrorObject, type RpcId } from "../protocol/mod.ts";
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

/** One `command.deliver` frame, and how many of the deliveries it took. */
export interface DeliverFrame {
  text: string;
  bytes: number;
  count: number;
}

/** DL-1: packs deliveries from `from` on into one frame of at most `deliverBatch` and `deliverFrameBytes`. */
export function packDeliveries(deliveries: readonly object[], from: number): DeliverFrame {
  let text = deliverHead;
  let bytes = deliverHead.length + deliverTail.length;
  let count = 0;
  for (let at = from; at < deliveries.length && count < limits.deliverBatch; at++) {
    const json = JSON.stringify(deliveries[at]);
    const size = utf8Bytes(json) + 1;
    // One that is too large alone still goes, alone: the bounds of a command keep it below the limit.
    if (count > 0 && bytes + size > limits.deliverFrameBytes) break;
    text += count === 0 ? json : "," + json;
    bytes += size;
    count++;
  }
  return { text: text + deliverTail, bytes, count };
}
