/** The writing thread: takes calls from `writing_thread.ts` and answers each one. Has no permission but for the storage. */
import { type Answer, type Question, saidError } from "./messages.ts";
import { Staging } from "./staging.ts";

/** As much of a worker's own scope as is used here. */
interface Scope {
  onmessage: ((event: MessageEvent<Question>) => void) | null;
  postMessage(answer: Answer, transfer: Transferable[]): void;
}

const scope = globalThis as unknown as Scope;
const staging = new Staging();

scope.onmessage = async ({ data: { number, call } }) => {
  try {
    const value = await staging.run(call);
    scope.postMessage({ number, value }, value instanceof Uint8Array ? [value.buffer as ArrayBuffer] : []);
  } catch (error) {
    scope.postMessage({ number, failed: saidError(error) }, []);
  }
};
