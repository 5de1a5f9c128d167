import type { Parts } from "./parts.ts";
import type { CommandRecord } from "./ports.ts";
import type { WholeTransitions } from "./whole_transitions.ts";

/** Releases scheduled commands that are due and whose files are clean (CM-8, FI-6). */
export class Releases {
  readonly #parts: Parts;
  readonly #whole: (record: CommandRecord) => WholeTransitions;
  /** The last release that began: releases run one by one in call order, the order in which they are due (DL-5). */
  #releasing: Promise<void> = Promise.resolve();

  constructor(parts: Parts, whole: (record: CommandRecord) => WholeTransitions) {
    this.#parts = parts;
    this.#whole = whole;
  }

  /** Releases a command that is due. Consent is decided now, as for a command that is sent now. */
  release(commandId: string): Promise<void> {
    return this.#inTurn(() => this.#release(commandId));
  }

  /** FI-6: fails a command with a rejected file. Recipients for whom it waits do not get it. */
  reject(commandId: string): Promise<void> {
    return this.#inTurn(async () => {
      const record = await this.#command(commandId);
      if (record !== undefined && await this.#filesOf(record) === "rejected") await this.#fail(record);
    });
  }

  #inTurn(step: () => Promise<void>): Promise<void> {
    const done = this.#releasing.then(step);
    this.#releasing = done.catch(() => undefined);
    return done;
  }

  /** Again if it was edited meanwhile (CM-11). */
  async #release(commandId: string): Promise<void> {
    const { store } = this.#parts;
    for (let editable = await store.editable(commandId); editable !== null;) {
      const { record, version } = editable;
      await this.#releaseOne(record);
      editable = await store.editable(commandId);
      if (editable?.version === version) return;
    }
  }

  async #releaseOne(record: CommandRecord): Promise<void> {
    if (Date.parse(record.command.deliverAt ?? "") > this.#parts.clock.now()) return;
    const files = await this.#filesOf(record);
    switch (files) {
      case "clean":
        return await this.#whole(record).release(record);
      case "rejected":
        return await this.#fail(record);
      case "waiting":
        // The last file that becomes clean releases it.
        return;
      default:
        return files satisfies never;
    }
  }

  async #fail(record: CommandRecord): Promise<void> {
    await this.#whole(record).fail(record, { key: "command.rejectedFile" });
  }

  /** Only clean files may be delivered. A file that is gone never becomes clean. */
  async #filesOf({ command }: CommandRecord): Promise<"clean" | "rejected" | "waiting"> {
    const ids = command.attachments.map(({ fileId }) => fileId);
    if (ids.length === 0) return "clean";
    const states = await this.#parts.files.states(ids);
    if ([...states.values()].includes("rejected")) return "rejected";
    return ids.every((id) => states.get(id) === "clean") ? "clean" : "waiting";
  }

  async #command(commandId: string): Promise<CommandRecord | undefined> {
    return (await this.#parts.store.commands([commandId])).get(commandId);
  }
}
