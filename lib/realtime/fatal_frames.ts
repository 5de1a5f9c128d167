import { type CloseName, jsonRpcCodes, limits, type RpcId } from "../protocol/mod.ts";
import { errorText } from "./frames.ts";

/** A frame that ends the connection (WS-6). */
export interface Fault {
  close: CloseName;
  code: number;
  message: string;
  id: RpcId | null;
}

export const binaryFault: Fault = {
  close: "badFrame",
  code: jsonRpcCodes.invalidRequest,
  message: "Frames must be text.",
  id: null,
};

export const tooLargeFault: Fault = {
  close: "frameTooLarge",
  code: jsonRpcCodes.invalidRequest,
  message: `A frame is at most ${limits.frameInBytes} bytes.`,
  id: null,
};

/** The error frame that the client gets before the close. */
export function faultText(fault: Fault): string {
  const error = { code: fault.code, message: fault.message };
  if (fault.close !== "frameTooLarge") return errorText(fault.id, error);
  return errorText(fault.id, { ...error, data: { kind: "too_large" } });
}
