import { createCipheriv, createDecipheriv } from "node:crypto";
import { type PushAction, pushActions } from "../protocol/mod.ts";

/** What a button may do: one action, for one command, from one device, until a time (ms since 1970). */
export interface Ticket {
  deviceId: string;
  commandId: string;
  action: PushAction | "answer" | "open";
  untilMs: number;
  /** With `answer`: the key of an option. */
  option?: string;
}

const cipher = "aes-256-gcm";
const nonceBytes = 12;
const tagBytes = 16;
const actions: readonly Ticket["action"][] = [...pushActions, "answer", "open"];

/**
 * UI-12: seals what a button may do into its ticket, so that nothing is stored for buttons that nobody presses. Only this server can
 * read or make one.
 */
export class Tickets {
  readonly #secret: Uint8Array<ArrayBuffer>;

  /** `secret`: 32 bytes. */
  constructor(secret: Uint8Array<ArrayBuffer>) {
    this.#secret = secret;
  }

  /** Web Crypto would use a thread for each, which takes ten times as long. */
  seal({ deviceId, commandId, action, untilMs, option }: Ticket): string {
    const nonce = crypto.getRandomValues(new Uint8Array(nonceBytes));
    const sealing = createCipheriv(cipher, this.#secret, nonce);
    const parts = [
      deviceId,
      commandId,
      action,
      untilMs.toString(36),
      ...option === undefined ? [] : [option],
    ];
    const sealed = sealing.update(parts.join(" "), "utf8");
    sealing.final();
    const whole = new Uint8Array(nonceBytes + sealed.length + tagBytes);
    whole.set(nonce);
    whole.set(sealed, nonceBytes);
    whole.set(sealing.getAuthTag(), nonceBytes + sealed.length);
    return whole.toBase64({ alphabet: "base64url", omitPadding: true });
  }

  /** Null: it was not made here. */
  open(ticket: string): Ticket | null {
    try {
      const whole = Uint8Array.fromBase64(ticket, { alphabet: "base64url" });
      // It counts once by its text, so no other text is the same ticket: spaces and unused bits would be passed over.
      if (whole.toBase64({ alphabet: "base64url", omitPadding: true }) !== ticket) return null;
      const end = whole.length - tagBytes;
      if (end < nonceBytes) return null;
      const opening = createDecipheriv(cipher, this.#secret, whole.subarray(0, nonceBytes));
      opening.setAuthTag(whole.subarray(end));
      const opened = opening.update(whole.subarray(nonceBytes, end), undefined, "utf8") +
        opening.final("utf8");
      const [deviceId, commandId, said, until, option] = opened.split(" ");
      const action = actions.find((known) => known === said);
      const untilMs = parseInt(until ?? "", 36);
      if (!deviceId || !commandId || action === undefined || Number.isNaN(untilMs)) return null;
      return { deviceId, commandId, action, untilMs, ...option === undefined ? {} : { option } };
    } catch {
      return null;
    }
  }
}
