import { type PushAction, pushActions } from "../protocol/mod.ts";

/** What a button may do: one action, for one command, from one device, until a time (ms since 1970). */
export interface Ticket {
  deviceId: string;
  commandId: string;
  action: PushAction | "open";
  untilMs: number;
}

const nonceBytes = 12;
const actions: readonly Ticket["action"][] = [...pushActions, "open"];

/**
 * UI-12: seals what a button may do into its ticket, so that nothing is stored for buttons that nobody presses. Only this server can
 * read or make one.
 */
export class Tickets {
  readonly #key: Promise<CryptoKey>;

  /** `secret`: 32 bytes. */
  constructor(secret: Uint8Array<ArrayBuffer>) {
    this.#key = crypto.subtle.importKey("raw", secret, "AES-GCM", false, ["encrypt", "decrypt"]);
  }

  async seal({ deviceId, commandId, action, untilMs }: Ticket): Promise<string> {
    const text = [deviceId, commandId, action, untilMs.toString(36)].join(" ");
    const iv = crypto.getRandomValues(new Uint8Array(nonceBytes));
    const sealed = await crypto.subtle.encrypt(
      { name: "AES-GCM", iv },
      await this.#key,
      new TextEncoder().encode(text),
    );
    const whole = new Uint8Array(nonceBytes + sealed.byteLength);
    whole.set(iv);
    whole.set(new Uint8Array(sealed), nonceBytes);
    return whole.toBase64({ alphabet: "base64url", omitPadding: true });
  }

  /** Null: it was not made here. */
  async open(ticket: string): Promise<Ticket | null> {
    try {
      const whole = Uint8Array.fromBase64(ticket, { alphabet: "base64url" });
      const opened = await crypto.subtle.decrypt(
        { name: "AES-GCM", iv: whole.subarray(0, nonceBytes) },
        await this.#key,
        whole.subarray(nonceBytes),
      );
      const [deviceId, commandId, said, until] = new TextDecoder().decode(opened).split(" ");
      const action = actions.find((known) => known === said);
      const untilMs = parseInt(until ?? "", 36);
      if (!deviceId || !commandId || action === undefined || Number.isNaN(untilMs)) return null;
      return { deviceId, commandId, action, untilMs };
    } catch {
      return null;
    }
  }
}
