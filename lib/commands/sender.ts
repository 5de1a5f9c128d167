import { holdsApart } from "../consent/mod.ts";
import { auditEntryOf, type Caller, type LiveEntry, storyEvents } from "../platform/mod.ts";
import { type AudienceCounts, type Command, type CommandDraft, limits, Refusal } from "../protocol/mod.ts";
import { carried } from "./attachments.ts";
import { countsOf } from "./checked_counts.ts";
import type { Checked, DraftCheck, Recipient } from "./draft_check.ts";
import { digestOf, isDigestOf } from "./draft_digest.ts";
import { commandOf, firstJobs, withoutContent } from "./new_command.ts";
import type { BroadcastPlan } from "./audience.ts";
import type { Parts } from "./parts.ts";
import type { Audited, CommandRecord, SentKey } from "./ports.ts";
import { sentLine } from "./sent_line.ts";
import { firstRecord } from "./state_records.ts";
import { forRecipient } from "./views.ts";

const dayMs = 24 * 3600_000;

interface Sent {
  command: Command;
  audience: AudienceCounts;
}

/** Takes commands in (CM-1, CM-2, BR-1 to BR-3): one commit, then the answer, then the ring. */
export class Sender {
  readonly #parts: Parts;
  readonly #drafts: DraftCheck;
  /** The last step of each sender that is still being checked: a sender's commands are committed in call order (DL-5). */
  readonly #lanes = new Map<string, Promise<unknown>>();
  /** Sends with a key that are not answered yet. */
  readonly #underWay = new Map<string, Promise<Sent | Refusal>>();

  constructor(parts: Parts, drafts: DraftCheck) {
    this.#parts = parts;
    this.#drafts = drafts;
  }

  async send(caller: Caller, draft: CommandDraft): Promise<Sent | Refusal> {
    const name = `${caller.userId} ${draft.key}`;
    const before = this.#underWay.get(name);
    if (before !== undefined) {
      await before.catch(() => undefined);
      return await this.send(caller, draft);
    }
    const sending = this.#sendOnce(caller, draft);
    this.#underWay.set(name, sending);
    try {
      return await sending;
    } finally {
      this.#underWay.delete(name);
    }
  }

  /** The answer that this key got before (CM-1); null when there is none, or its time is over. */
  async answered(caller: Caller, draft: CommandDraft): Promise<Sent | Refusal | null> {
    const { store, clock } = this.#parts;
    await this.#underWay.get(`${caller.userId} ${draft.key}`)?.catch(() => undefined);
    const known = await store.sentKey(caller.userId, draft.key);
    if (known === null || known.sent.expiresMs <= clock.now()) return null;
    return await this.#answerOf(known.sent, draft);
  }

  async preview(caller: Caller, draft: CommandDraft): Promise<AudienceCounts | Refusal> {
    const checked = await this.#drafts.check(caller, draft);
    return checked instanceof Refusal ? checked : countsOf(this.#parts, caller, checked);
  }

  /** Checks and writes the command. Tries again when an expired key must be replaced, or a file changed meanwhile. */
  async #sendOnce(caller: Caller, draft: CommandDraft): Promise<Sent | Refusal> {
    const { store, clock } = this.#parts;
    let expiredKey: string | undefined;
    for (let tries = 0; tries <= limits.writeTries; tries++) {
      const accepted = await this.#inLane(caller.userId, async () => {
        const checked = withoutContent(draft) ?? await this.#drafts.check(caller, draft);
        if (checked instanceof Refusal) return checked;
        for (let again = 0;; again++) {
          const id = this.#parts.ids.next();
          const audited = checked.plan === null ? undefined : await this.#audited(caller, id, checked.plan);
          const accepting = this.#accept(caller, draft, checked, { id, audited, expiredKey });
          // The sender's next one waits for the commit: the entry may not fit any more, and what is tried again must not come
          // behind later ones (DL-5).
          if (audited === undefined || again === limits.writeTries || await accepting.committed !== null) {
            return accepting;
          }
          if (await store.sentKey(caller.userId, draft.key) !== null) return accepting;
        }
      });
      if (!(accepted instanceof Refusal)) {
        const sent = await accepted.committed;
        if (sent !== null) return sent;
      }
      // Refused, or the key is in use: its first answer is still the answer (CM-1).
      const known = await store.sentKey(caller.userId, draft.key);
      if (known !== null && known.sent.expiresMs > clock.now()) {
        return await this.#answerOf(known.sent, draft);
      }
      if (accepted instanceof Refusal) return accepted;
      expiredKey = known?.version;
    }
    return new Refusal("unavailable", "send.failed");
  }

  async #answerOf(known: SentKey, draft: CommandDraft): Promise<Sent | Refusal> {
    if (!isDigestOf(known.digest, draft)) {
      return new Refusal("conflict", "send.key");
    }
    const record = (await this.#parts.store.commands([known.commandId])).get(known.commandId);
    if (record === undefined) {
      return new Refusal("expired", "send.keyEnded");
    }
    return { command: record.command, audience: known.audience };
  }

  /** Runs `step` after the sender's earlier steps. The next step waits for `step`, not for its commit. */
  async #inLane<T>(senderId: string, step: () => Promise<T>): Promise<T> {
    const before = this.#lanes.get(senderId);
    const running = before === undefined ? step() : before.then(step, step);
    this.#lanes.set(senderId, running);
    try {
      return await running;
    } finally {
      if (this.#lanes.get(senderId) === running) this.#lanes.delete(senderId);
    }
  }

  /** MO-3: what goes to a category or to everyone is in the audit log. */
  async #audited(
    caller: Caller,
    commandId: string,
    { audience }: BroadcastPlan,
  ): Promise<Audited | undefined> {
    const { kind, name } = audience;
    if (kind === "group") return undefined;
    const subject = name === null ? "audience:all" : `${kind}:${name}`;
    return await this.#parts.store.audited?.(
      auditEntryOf(caller, "broadcast.send", subject, { command: commandId }),
    );
  }

  /** Writes the command; `committed` is null when the key is in use or a file changed. */
  #accept(
    caller: Caller,
    draft: CommandDraft,
    checked: Checked,
    { id, audited, expiredKey }: {
      id: string;
      audited: Audited | undefined;
      expiredKey: string | undefined;
    },
  ) {
    const { store, clock, retentionDays } = this.#parts;
    const now = clock.now();
    const command = commandOf(caller, draft, checked, id, now);
    const record: CommandRecord = {
      command,
      senderId: caller.userId,
      recipients: checked.recipients.map(({ person }) => person.id),
      ...(checked.plan === null
        ? { senderKinds: checked.recipients.map(({ senderKind }) => senderKind) }
        : {}),
      expiresMs: checked.times.expiresMs,
      ...(checked.plan === null ? {} : { cast: checked.plan.audience }),
      // Of a broadcast its sender learns totals, not who answered.
      ...(caller.hasWebhook && checked.plan === null ? { webhookOf: caller.sessionId } : {}),
    };
    const states = checked.recipients.map(({ person, decision, rule }) => ({
      userId: person.id,
      allowedBy: decision.verdict === "deliver" ? decision.allowedBy : null,
      // For a scheduled command, consent is decided at its release.
      withheldBy: command.deliverAt === null ? rule : null,
    }));
    const audience = countsOf(this.#parts, caller, checked);
    const sent: SentKey = {
      commandId: command.id,
      digest: digestOf(draft),
      audience,
      expiresMs: now + limits.keyKeptMs,
    };
    const replacesKey = expiredKey === undefined ? undefined : { version: expiredKey };
    const jobs = firstJobs(record, retentionDays);
    const carries = carried(
      checked.attached,
      { kind: "command", commandId: command.id },
      record.expiresMs + retentionDays * dayMs,
    );
    const begunMs = clock.now();
    const accepting = store.accept({
      record,
      states,
      key: draft.key,
      sent,
      replacesKey,
      jobs,
      carries,
      audited,
    });
    const committed = accepting.then((place) => {
      if (place === null) return null;
      const storedMs = clock.now() - begunMs;
      this.#parts.log.info(storyEvents.sent, sentLine(caller, record, { checked, storedMs }));
      if (command.deliverAt === null) {
        if (checked.plan !== null) this.#parts.broadcasts.ring(record, place, checked.plan.epochs);
        for (const recipient of checked.recipients) this.#ring(record, recipient, place);
      }
      return { command, audience };
    });
    // The caller awaits this promise later; until then a failure must not count as unhandled.
    committed.catch(() => undefined);
    return { committed };
  }

  /** Rings a recipient. Devices that have read everything before it get the command with the ring. */
  #ring(record: CommandRecord, { person, decision, rule, standing, epoch }: Recipient, place: string): void {
    const { bell } = this.#parts;
    if (decision.verdict === "withhold" || rule !== null) return;
    // Numbers are counted in the store before a delivery, and what is held apart keeps its order: the devices must read
    // their log.
    if (
      decision.verdict === "hold" || standing.preferences.dailyLimit !== null || holdsApart(standing) ||
      !bell.isOnline(person.id)
    ) {
      return bell.ring(person.id);
    }
    const first = firstRecord(record.command, { allowedBy: decision.allowedBy, withheldBy: null });
    const command = forRecipient(record.command, first, standing, this.#parts.clock.now());
    const entry: LiveEntry = {
      delivery: { cursor: place, command, state: first.state },
      kind: record.command.kind,
      epoch,
    };
    this.#parts.inFlight.add(command.id)(person.id, { ...first, place }, place);
    bell.ring(person.id, entry);
  }
}
