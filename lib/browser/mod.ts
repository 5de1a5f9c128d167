/**
 * The pages' runtime in the browser: one connection for all tabs, uploads, drafts, what is shown offline, the worker.
 * Never renders anything: that is for islands and components, which import its files one by one.
 * Start with `connection.ts` (what a page has of the server), then `upload_queue.ts` and `worker.ts`.
 */
// What the server needs too, for pages without scripts.
export { readAction, updateParams } from "./command_action.ts";
export { type Ask, askOf, askWords } from "./confirm_ask.ts";
export { checksNotice, goesOutAt, isCancellable, readSentAction, typedReview } from "./sent_items.ts";
export { countText } from "./counts.ts";
export {
  filterNames,
  type InboxAsked,
  inboxPath,
  isFiltered,
  periods,
  readInbox,
  viewOf,
} from "./inbox_address.ts";
