/** The part of the package that is used. It has no types of its own. */
export function generateRequestDetails(
  subscription: { endpoint: string },
  payload: null,
  options: {
    TTL: number;
    urgency: "very-low" | "low" | "normal" | "high";
    topic?: string;
    vapidDetails: { subject: string; publicKey: string; privateKey: string };
  },
): { endpoint: string; method: "POST"; headers: Record<string, string | number>; body: Uint8Array | null };
