import type { Bell, LiveCommand } from "../../lib/platform/mod.ts";
import type { CommandChanged } from "../../lib/protocol/mod.ts";

/** What the bell was asked, in order. */
export interface Rung {
  what: "ring" | "notify" | "freeze" | "thaw" | "consentChanged";
  userId: string;
  method?: string;
  params?: unknown;
  /** What a broadcast delivered with the ring. */
  entry?: LiveCommand;
}

/** A bell that only writes down. Everybody is online unless told otherwise. */
export class FakeBell implements Bell {
  readonly rung: Rung[] = [];
  readonly offline = new Set<string>();

  ring(userId: string): void {
    this.rung.push({ what: "ring", userId });
  }
  epoch(): number {
    return 0;
  }
  ringAll(entryFor: (userId: string) => LiveCommand | "read" | "skip"): void {
    for (const userId of this.online()) {
      const entry = entryFor(userId);
      if (entry === "read") this.rung.push({ what: "ring", userId });
      else if (entry !== "skip") this.rung.push({ what: "ring", userId, entry });
    }
  }
  /** Those whom a broadcast rings. */
  readonly present = new Set<string>();
  online(): string[] {
    return [...this.present];
  }
  notify(userId: string, method: string, params: unknown): void {
    this.rung.push({ what: "notify", userId, method, params: structuredClone(params) });
  }
  freeze(userId: string): void {
    this.rung.push({ what: "freeze", userId });
  }
  thaw(userId: string): void {
    this.rung.push({ what: "thaw", userId });
  }
  stoppedEverywhere(): Promise<void> {
    return Promise.resolve();
  }
  changedEverywhere(): Promise<void> {
    return Promise.resolve();
  }
  consentChanged(userId: string): void {
    this.rung.push({ what: "consentChanged", userId });
  }
  handled() {}
  over() {}
  remind(): Promise<void> {
    return Promise.resolve();
  }
  isReachable(userId: string): boolean {
    return this.isOnline(userId);
  }
  reachable(): Promise<string[]> {
    return Promise.resolve(this.online());
  }
  closeSession(): void {}
  sessionsEnded(): void {}
  sessionRenewed(): void {}
  sessionReplaced(): void {}
  closeUser(): void {}
  isOut(): boolean {
    return false;
  }
  isOnline(userId: string): boolean {
    return !this.offline.has(userId);
  }

  /** `command.changed` that a person's devices heard. */
  changesOf(userId: string): CommandChanged[] {
    return this.rung
      .filter((one) => one.what === "notify" && one.userId === userId && one.method === "command.changed")
      .map((one) => one.params as CommandChanged);
  }
}
