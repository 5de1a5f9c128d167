/**
 * Sends reports to NCMEC's CyberTipline.
 * Never throws, never files a report by itself, and never logs a credential.
 * Start with `client.ts`; `answers.ts` reads the service's XML.
 */
export { CyberTipClient } from "./client.ts";
