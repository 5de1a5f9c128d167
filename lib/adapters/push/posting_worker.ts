/** The posting thread: encrypts pushes and posts them. Has no permission but for the push services. */
import { setImmediate } from "node:timers";
import { post, type Posted } from "./posting.ts";
import type { Answers, Question } from "./posting_thread.ts";

/** As much of a worker's own scope as is used here. */
interface Scope {
  onmessage: ((event: MessageEvent<Question>) => void) | null;
  postMessage(answers: Answers): void;
}

const scope = globalThis as unknown as Scope;
const running = new Map<number, AbortController>();
/** Those of one turn of the event loop are told together. */
let answers: Answers = [];

scope.onmessage = ({ data: { posts, ended } }) => {
  for (const [number, one] of posts) {
    const controller = new AbortController();
    running.set(number, controller);
    void post(one, controller.signal).then(
      (posted) => tell(number, posted),
      (error) => tell(number, { bug: String(error) }),
    );
  }
  for (const number of ended) running.get(number)?.abort();
};

function tell(number: number, posted: Posted | { bug: string }): void {
  running.delete(number);
  if (answers.push([number, posted]) > 1) return;
  setImmediate(() => {
    scope.postMessage(answers);
    answers = [];
  });
}
