import type { WebhookOutcome, WebhookSender } from "../../webhooks/mod.ts";

/** Sends by HTTP. */
export const fetchWebhooks: WebhookSender = {
  async post(url, { headers, body }, signal): Promise<WebhookOutcome> {
    try {
      const response = await fetch(url, {
        method: "POST",
        headers: { "content-type": "application/json", "user-agent": "Behest", ...headers },
        body,
        // What it leads to is on no list.
        redirect: "manual",
        signal,
      });
      await response.body?.cancel();
      const seconds = Number(response.headers.get("retry-after") ?? NaN);
      return {
        status: response.status,
        waitMs: seconds > 0 && Number.isFinite(seconds) ? seconds * 1000 : null,
      };
    } catch {
      return { status: null, waitMs: null };
    }
  },
};
