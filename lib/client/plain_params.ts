import { clientLimits as limits } from "../protocol/client_limits.ts";
import { RequestError } from "./requests.ts";

/** Bytes of a frame around its parameters, generously counted: the library may add a key. */
const envelopeBytes = 256;

/** Copies the parameters as they will be sent: a later change by the caller must not be sent under the same key. */
export function plainParams(params: Record<string, unknown>): Record<string, unknown> | RequestError {
  let json: string;
  try {
    json = JSON.stringify(params);
  } catch {
    return new RequestError("invalid_params", "The parameters cannot be written as JSON.");
  }
  if (new TextEncoder().encode(json).length + envelopeBytes > limits.frameInBytes) {
    return new RequestError("too_large", "This is more than one message to the server may hold.");
  }
  return JSON.parse(json) as Record<string, unknown>;
}
