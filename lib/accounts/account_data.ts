import { downloadZip } from "client-zip";
import { auditEntryOf, type Bell, type Caller, type Clock, type Log } from "../platform/mod.ts";
import { type Answer, Refusal, say } from "../protocol/mod.ts";
import type { AccountJob, ExportEntry, ExportPart, RemovalPart, RemovalStore } from "./account_data_ports.ts";
import type { UserRecord } from "./ports.ts";
import { suspensionOf } from "./people.ts";
import type { Proof } from "./proof.ts";

export interface AccountDataNeeds {
  proof: Proof;
  store: RemovalStore;
  /** Parts of the archive, in its order. */
  exported: readonly ExportPart[];
  /** Parts that remove a person's data, in order. */
  removed: readonly RemovalPart[];
  /** Titles of the groups that a person alone owns (BR-7). */
  ownedAlone(userId: string): Promise<string[]>;
  bell: Pick<Bell, "closeUser">;
  clock: Clock;
  log: Log;
}

/** Parts per run of the job. Each is a few commits, so a run ends well within the job's lease. */
const partsARun = 40;
/** Time until the second look. Requests that were running at the end of the account have been written by then. */
const lateMs = 10 * 60_000;
/** Time between two looks at an account under legal hold. */
const heldMs = 24 * 3600_000;

/** AU-9: exports everything held about a person as one archive, and removes accounts. */
export class AccountData {
  readonly #needs: AccountDataNeeds;
  /** People with a running export in this process: one each. */
  readonly #exporting = new Set<string>();

  constructor(needs: AccountDataNeeds) {
    this.#needs = needs;
  }

  /** Returns a ZIP that is written while it is read, so its memory does not grow with the account. */
  export(caller: Caller): Answer<{ name: string; archive: ReadableStream<Uint8Array> }> {
    const { userId, requestId, username } = caller;
    if (this.#exporting.has(userId)) {
      return Promise.resolve(
        new Refusal("conflict", "account.downloading"),
      );
    }
    this.#exporting.add(userId);
    this.#needs.log.info("account.exported", { requestId, userId });
    const { body } = downloadZip(this.#entries(caller));
    if (body === null) throw new Error("An archive without a body.");
    return Promise.resolve({ name: `behest-${username}.zip`, archive: this.#watched(body, caller) });
  }

  /** Answers once the account is gone for everyone. A job removes the rest. */
  async remove(caller: Caller, body: { password: string; code?: string | undefined }): Answer<true> {
    const { proof, store, bell, clock, log } = this.#needs;
    const user = await proof.both(caller, body);
    if (user instanceof Refusal) return user;
    const owned = await this.#owned(user);
    if (owned !== null) return owned;
    const auditEntry = auditEntryOf(caller, "account.remove", user.username);
    const begun = await store.begin(user, clock.now(), auditEntry);
    switch (begun) {
      case "last_admin":
        return new Refusal("conflict", "account.lastAdmin");
      case "changed":
        return new Refusal("conflict", "account.changed");
      case "begun":
        bell.closeUser(user.id, "sessionOver");
        log.info("account.removed", { requestId: caller.requestId, userId: user.id });
        return true;
      default:
        return begun satisfies never;
    }
  }

  /** Runs a part of a removal, and adds the job again until nothing is left. */
  async run({ userId }: AccountJob): Promise<void> {
    const { store, bell, clock, log } = this.#needs;
    const user = await store.removing(userId);
    if (user === null) return;
    // A socket may have opened while the account ended.
    bell.closeUser(userId, "sessionOver");
    const held = await store.held(userId);
    if (!await this.#removeSome(user, held)) return await this.#again(userId, clock.now());
    const secondLookMs = (user.removedAt ?? 0) + lateMs;
    if (clock.now() < secondLookMs) return await this.#again(userId, secondLookMs);
    if (held || !await store.finish(userId)) return await this.#again(userId, clock.now() + heldMs);
    log.info("account.removal_done", { userId });
  }

  /**
   * BR-7: an owner gives their groups to somebody, or ends them, before the account ends. Someone who is suspended can do
   * neither, and must not be kept (AU-9): then the removal finds another owner.
   */
  async #owned(user: UserRecord): Promise<Refusal | null> {
    if (suspensionOf(user, this.#needs.clock.now()) !== null) return null;
    const titles = await this.#needs.ownedAlone(user.id);
    return titles.length === 0
      ? null
      : new Refusal("conflict", say("account.lastOwner", { groups: titles.join(", ") }));
  }

  /** False when the run did its share and more is left. */
  async #removeSome(user: UserRecord, held: boolean): Promise<boolean> {
    const caller = leaving(user);
    let parts = 0;
    const some = [
      ...this.#needs.removed.map((part) => async () => (await part.remove(caller, held)).more),
      () => this.#needs.store.sweep(user.id, held),
    ];
    for (const remove of some) {
      while (await remove()) if (++parts >= partsARun) return false;
    }
    return true;
  }

  #again(userId: string, dueMs: number): Promise<void> {
    return this.#needs.store.addJob({ kind: "account_removal", userId }, dueMs);
  }

  async *#entries(caller: Caller) {
    for (const part of this.#needs.exported) {
      for await (const entry of part.entries(caller)) yield zipEntry(entry);
    }
  }

  /** The archive's stream; notes its end, also after an error or a cancel. */
  #watched(body: ReadableStream<Uint8Array>, { userId, requestId }: Caller): ReadableStream<Uint8Array> {
    const reader = body.getReader();
    const over = () => void this.#exporting.delete(userId);
    return new ReadableStream<Uint8Array>({
      pull: async (controller) => {
        try {
          const { done, value } = await reader.read();
          if (!done) return controller.enqueue(value);
          over();
          controller.close();
        } catch (error) {
          over();
          // The response has begun, so only the log can report this.
          this.#needs.log.error("account.export_failed", { requestId, userId, error: error as Error });
          controller.error(new Error("The archive could not be finished."));
        }
      },
      cancel: async (reason) => {
        over();
        // The packer passes the reason to its input, which closes that, and then throws it here.
        await reader.cancel(reason).catch(() => undefined);
      },
    }, { highWaterMark: 0 });
  }
}

function zipEntry({ path, modifiedMs, content }: ExportEntry) {
  return { name: path, lastModified: new Date(modifiedMs), input: content };
}

/** The caller for removals: the person's own session is gone. */
function leaving({ id, username, displayName, role }: UserRecord): Caller {
  return {
    userId: id,
    username,
    displayName,
    role,
    rights: { broadcast: false },
    sessionId: "",
    device: "removal",
    address: "",
    requestId: "",
  };
}
