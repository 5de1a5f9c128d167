/**
 * Takes commands in, delivers them, and carries out answers, reviews, cancelling, expiry and Stop.
 * Never delivers a command that is not in the log, and never decides consent itself (that is `decide()` of consent/).
 * Start with `lifecycle.ts` (states), then `sender.ts` (in) and `inbox.ts` (out).
 */
import { Acknowledgements } from "./acknowledgements.ts";
import { Alerts } from "./alerts.ts";
import { AnswerWaits } from "./answer_waits.ts";
import { AnswerWatch } from "./answer_watch.ts";
import { AttachmentAccess } from "./attachment_access.ts";
import { Audience } from "./audience.ts";
import { BroadcastTotals } from "./broadcast_totals.ts";
import { Broadcasts } from "./broadcasts.ts";
import { DraftCheck } from "./draft_check.ts";
import { Editing } from "./editing.ts";
import { Edits } from "./edits.ts";
import { Expiries } from "./expiries.ts";
import { History } from "./history.ts";
import { InFlight } from "./in_flight.ts";
import { Inbox } from "./inbox.ts";
import { ManyAnswers } from "./many_answers.ts";
import type { Needs } from "./needs.ts";
import type { Parts } from "./parts.ts";
import { OpenBooks } from "./open_books.ts";
import type { Job } from "./ports.ts";
import { RecipientStates } from "./recipient_states.ts";
import { ReportedCommands } from "./reported.ts";
import { Releases } from "./releases.ts";
import { Reminders } from "./reminders.ts";
import { Safety } from "./safety.ts";
import { type GateNeeds, SendGates } from "./send_gates.ts";
import { Sender } from "./sender.ts";
import { Threads } from "./threads.ts";
import { OptionButtons } from "./option_buttons.ts";
import { Transitions } from "./transitions.ts";
import { Undo } from "./undo.ts";
import { watchedStore } from "./watched_store.ts";
import { CommandTruths } from "./truth.ts";
import { type WeekEffect, WeekEffects } from "./week_effects.ts";
import { wholeTransitions } from "./whole_transitions.ts";

export type { GateNeeds, Passage } from "./send_gates.ts";
export { attach, carried } from "./attachments.ts";
export { talliedStore } from "./tallied_store.ts";
export { type ToldStore, toldStore } from "./told_store.ts";
export type { Had, Thread } from "./threads.ts";
export type { Needs } from "./needs.ts";
export { type AlertVerdict, verdictOf } from "./alert_verdict.ts";
export type { CommandAlert } from "./alerts.ts";
export type { ChatAlert, ChatArrival, ChatEntry, ChatLog, HeldChat } from "./chat_log.ts";
export { chatKind, type InboxSlice } from "./inbox_slice.ts";
export { hasOwnEnd } from "./changed_draft.ts";
export { noteLength } from "./notes.ts";
export { shortContext } from "./reported.ts";
export { endOf, openBroadcastRecord } from "./broadcast_records.ts";
export { deliveredRecord, firstRecord } from "./state_records.ts";
export * from "./ports.ts";
export { allTransitions, isClosed, mayMove, type Mover, waits } from "./lifecycle.ts";
export type {
  Alerts,
  AnswerWaits,
  AttachmentAccess,
  History,
  Inbox,
  InFlight,
  ManyAnswers,
  Safety,
  SendGates,
  Threads,
  Transitions,
  Undo,
  WeekEffect,
  WeekEffects,
};

/** The room's services over one set of parts, and the runner of its jobs. */
export interface CommandRoom {
  sender: SendGates;
  answerWaits: AnswerWaits;
  transitions: Transitions;
  undo: Undo;
  manyAnswers: ManyAnswers;
  history: History;
  inbox: Inbox;
  inFlight: InFlight;
  safety: Safety;
  attachmentAccess: AttachmentAccess;
  alerts: Alerts;
  options: OptionButtons;
  threads: Threads;
  reported: ReportedCommands;
  truths: CommandTruths;
  weekEffects: WeekEffects;
  run(job: Job): Promise<void>;
  /** Cancels the timers; after this nobody is notified. */
  close(): void;
}

export function openCommands({ store: unwatched, ...given }: Needs & { gates: GateNeeds }): CommandRoom {
  const books = new OpenBooks();
  const needs = { ...given, store: watchedStore(unwatched, books) };
  const inFlight = new InFlight(needs.store);
  const parts: Parts = {
    ...needs,
    editing: new Editing(),
    inFlight,
    broadcasts: new Broadcasts(needs, inFlight),
    totals: new BroadcastTotals(needs),
    watch: new AnswerWatch(),
  };
  books.begin(parts);
  const audience = new Audience(parts);
  const drafts = new DraftCheck(parts, audience);
  const acknowledgements = new Acknowledgements(parts);
  const inbox = new Inbox(parts, acknowledgements);
  const states = new RecipientStates(parts);
  const whole = wholeTransitions(parts, audience);
  const transitions = new Transitions(parts, states, whole);
  const undo = new Undo(parts, states, whole);
  const expiries = new Expiries(parts, whole);
  const releases = new Releases(parts, whole);
  const safety = new Safety(parts);
  const history = new History(parts, inbox, states, books);
  const reminders = new Reminders(parts, states);
  const sender = new SendGates(
    new Sender(parts, drafts),
    new Edits(parts, drafts, acknowledgements),
    needs.gates,
    needs.clock,
  );
  const answerWaits = new AnswerWaits(parts, sender);
  return {
    sender,
    answerWaits,
    transitions,
    undo,
    manyAnswers: new ManyAnswers(transitions, undo),
    history,
    inbox,
    inFlight,
    safety,
    attachmentAccess: new AttachmentAccess(parts, states, releases, whole),
    alerts: new Alerts(parts, states),
    options: new OptionButtons(parts.store, transitions),
    threads: new Threads(parts, states),
    reported: new ReportedCommands(parts, history),
    truths: new CommandTruths(parts, states),
    weekEffects: new WeekEffects(parts, books),
    close() {
      answerWaits.end();
      parts.totals.close();
      safety.close();
    },
    run(job) {
      switch (job.kind) {
        case "expire":
          return expiries.one(job.commandId);
        case "expire_made":
          return expiries.made(job);
        case "release":
          return releases.release(job.commandId);
        case "undefer":
          return transitions.undefer(job.userId, job.commandId);
        case "timer":
          return transitions.endTimer(job.userId, job.commandId);
        case "remind":
          return reminders.remind(job.commandId, job.userId);
        case "index":
          return history.index(job.userId);
        case "stop":
          return safety.endOpen(job.userId);
        default:
          return job satisfies never;
      }
    },
  };
}
