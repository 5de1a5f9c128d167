import type { Bell, LiveEntry } from "../platform/mod.ts";
import type { Push } from "./push.ts";

/** The bell of a process that also reaches people who have no line: what rings for them is told to their devices (UI-7). */
export class PushBell implements Bell {
  readonly #inner: Bell;
  readonly #push: () => Pick<Push, "ring" | "ringAll" | "sessionEnded"> | null;

  /** `push`: a call, as it is made after everything that rings. */
  constructor(inner: Bell, push: () => Pick<Push, "ring" | "ringAll" | "sessionEnded"> | null) {
    this.#inner = inner;
    this.#push = push;
  }

  ring(userId: string, entry?: LiveEntry): void {
    this.#inner.ring(userId, entry);
    this.#push()?.ring(userId);
  }

  ringAll(entryFor: (userId: string) => LiveEntry | "read" | "skip"): void {
    this.#inner.ringAll(entryFor);
    this.#push()?.ringAll();
  }

  closeSession(sessionId: string, close: "sessionOver"): void {
    this.#inner.closeSession(sessionId, close);
    this.#push()?.sessionEnded(sessionId);
  }

  online(): string[] {
    return this.#inner.online();
  }

  epoch(userId: string): number {
    return this.#inner.epoch(userId);
  }

  notify(userId: string, method: string, params: unknown, except?: { device: string }): void {
    this.#inner.notify(userId, method, params, except);
  }

  freeze(userId: string): void {
    this.#inner.freeze(userId);
  }

  thaw(userId: string): void {
    this.#inner.thaw(userId);
  }

  consentChanged(userId: string): void {
    this.#inner.consentChanged(userId);
  }

  closeUser(userId: string, close: "sessionOver" | "suspended"): void {
    this.#inner.closeUser(userId, close);
  }

  isOnline(userId: string): boolean {
    return this.#inner.isOnline(userId);
  }
}
