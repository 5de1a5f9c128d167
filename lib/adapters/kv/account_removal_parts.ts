import type { ContactsStore, Groups, GroupsStore, RemovalPart } from "../../accounts/mod.ts";
import type { CommandRoom, CommandStore } from "../../commands/mod.ts";
import type { Files, FileStore } from "../../files/mod.ts";
import type { Bell } from "../../platform/mod.ts";
import type { PushStore } from "../../push/mod.ts";
import { limits, Refusal } from "../../protocol/mod.ts";

/** Things that are let go of in one step: each is a commit or a few. */
const atOnce = 20;

/** What commands, contacts, groups and files let go of when an account ends (AU-9), by their own rules. */
export interface LeavingParts {
  commands: Pick<CommandRoom, "transitions" | "safety">;
  commandStore: Pick<CommandStore, "outbox" | "commands" | "purge">;
  contactsStore: ContactsStore;
  groups: Groups;
  groupsStore: Pick<GroupsStore, "recordsOf">;
  files: Pick<Files, "abandon">;
  fileStore: Pick<FileStore, "filesOf" | "lastUse" | "remove" | "uploadsOf">;
  bell: Pick<Bell, "notify" | "consentChanged">;
  /** The browsers that are told of something new. */
  pushes: Pick<PushStore, "of" | "remove">;
  /** Nobody's choices any more, and no place in what a broadcast counts. */
  forgetChoices(userId: string): void;
}

export function removalParts(parts: LeavingParts): RemovalPart[] {
  return [
    received(parts),
    sent(parts),
    acquaintances(parts),
    memberships(parts),
    files(parts),
    browsers(parts),
  ];
}

/** What was open for the person ends as by a stop: its senders see that, and no reason. */
function received({ commands, forgetChoices }: LeavingParts): RemovalPart {
  return {
    async remove(caller) {
      await commands.safety.stop(caller);
      forgetChoices(caller.userId);
      return { more: false };
    },
  };
}

/** What the person sent is taken back from everybody and goes. */
function sent({ commands, commandStore }: LeavingParts): RemovalPart {
  return {
    async remove(caller) {
      let before: string | null = null;
      for (let taken = 0; taken < atOnce;) {
        const ids: string[] = await commandStore.outbox(caller.userId, before, atOnce);
        for (const record of (await commandStore.commands(ids)).values()) {
          await commands.transitions.cancel(caller, { id: record.command.id });
          await commandStore.purge(record);
          taken++;
        }
        if (ids.length < atOnce) return { more: false };
        before = ids.at(-1)!;
      }
      return { more: true };
    },
  };
}

/** Most go with their logins; this is those whose login was over. */
function browsers({ pushes }: LeavingParts): RemovalPart {
  return {
    async remove({ userId }) {
      for (const subscription of await pushes.of(userId)) await pushes.remove(subscription);
      return { more: false };
    },
  };
}

function acquaintances({ contactsStore, bell }: LeavingParts): RemovalPart {
  return {
    async remove({ userId, username, displayName }) {
      const records = (await contactsStore.of(userId)).slice(0, atOnce);
      for (const { otherId } of records) {
        let theirs: unknown = null;
        for (let tries = 0;; tries++) {
          if (tries === limits.writeTries) throw new Error("A contact could not be removed.");
          const pair = await contactsStore.pair(userId, otherId);
          theirs = pair.theirs;
          if (await pair.write(null, null)) break;
        }
        if (theirs === null) continue;
        bell.consentChanged(otherId);
        bell.notify(otherId, "contact.changed", { username, displayName, relation: "none" });
      }
      return { more: records.length === atOnce };
    },
  };
}

function memberships({ groups, groupsStore }: LeavingParts): RemovalPart {
  return {
    async remove(caller) {
      const records = (await groupsStore.recordsOf(caller.userId)).slice(0, atOnce);
      for (const { group } of records) {
        const left = await groups.leave(caller, { group });
        // Somebody else may have taken the person out just now.
        if (left instanceof Refusal && left.kind !== "not_found") throw new Error(left.message);
      }
      return { more: records.length === atOnce };
    },
  };
}

/** Files go whatever carried them, save what a legal hold keeps: those go by themselves when it ends. */
function files({ files, fileStore }: LeavingParts): RemovalPart {
  return {
    async remove(caller, held) {
      for (const { id } of await fileStore.uploadsOf(caller.userId)) await files.abandon(caller, id);
      if (held) return { more: false };
      let removed = 0;
      let kept: string | null = null;
      // Those that are held stay in the list: what lies behind them is looked at too.
      while (removed < atOnce) {
        const some = await fileStore.filesOf(caller.userId, kept, atOnce);
        for (const file of some) {
          if (await fileStore.remove(file, await fileStore.lastUse(file.id))) removed++;
          else kept = file.id;
        }
        if (some.length < atOnce) return { more: false };
      }
      return { more: true };
    },
  };
}
