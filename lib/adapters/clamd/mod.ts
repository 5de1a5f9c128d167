/**
 * Asks clamd for viruses.
 * Never takes an answer that it does not know for clean.
 * Start with `scanner.ts`; `unread/` finds archives that clamd does not open.
 */
export { openClamd } from "./scanner.ts";
