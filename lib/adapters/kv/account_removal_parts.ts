import type { Contacts, Groups, GroupsStore, InvitesStore, RemovalPart } from "../../accounts/mod.ts";
import type { Chat } from "../../chat/mod.ts";
import type { CommandRoom, CommandStore } from "../../commands/mod.ts";
import type { Files, FileStore } from "../../files/mod.ts";
import type { Notices } from "../../notices/mod.ts";
import type { Bell } from "../../platform/mod.ts";
import { Refusal } from "../../protocol/mod.ts";
import type { PushStore } from "../../push/mod.ts";
import type { CaseRemoval } from "./case_removal.ts";

/** Items removed in one step; each takes one or a few commits. */
const atOnce = 20;

/** The services that remove a person's commands, contacts, groups and files by their own rules (AU-9). */
export interface LeavingParts {
  commands: Pick<CommandRoom, "transitions" | "safety">;
  commandStore: Pick<CommandStore, "outbox" | "commands" | "purge">;
  chat: Pick<Chat, "removeSome">;
  contacts: Pick<Contacts, "endSome">;
  groups: Groups;
  invitesStore: Pick<InvitesStore, "removeOf">;
  groupsStore: Pick<GroupsStore, "groupsWith">;
  files: Pick<Files, "abandon">;
  notices: Pick<Notices, "forget">;
  fileStore: Pick<FileStore, "filesOf" | "lastUse" | "remove" | "uploadsOf">;
  bell: Pick<Bell, "notify" | "consentChanged">;
  /** Reports by and about the person. */
  cases: Pick<CaseRemoval, "forget">;
  /** The devices that are told of what is new, and the choices for them. */
  pushes: Pick<PushStore, "forget">;
  /** Drops the person's choices from memory, and from the counts of broadcasts. */
  forgetChoices(userId: string): void;
}

export function removalParts(parts: LeavingParts): RemovalPart[] {
  return [
    received(parts),
    sent(parts),
    talks(parts),
    acquaintances(parts),
    memberships(parts),
    invitations(parts),
    files(parts),
    devices(parts),
    namings(parts),
    reports(parts),
  ];
}

/** Ends the person's open commands like a stop: senders see the end, and no reason. */
function received({ commands, forgetChoices }: LeavingParts): RemovalPart {
  return {
    async remove(caller) {
      const stop = await commands.safety.stop(caller);
      if (stop instanceof Refusal) throw new Error("A leaving person's stop could not be written.");
      forgetChoices(caller.userId);
      return { more: false };
    },
  };
}

/** Cancels and deletes the commands that the person sent. */
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

function talks({ chat }: LeavingParts): RemovalPart {
  return {
    async remove({ userId }) {
      return { more: await chat.removeSome(userId, atOnce) };
    },
  };
}

/** Most subscriptions end with their logins; this removes those whose login had expired, and the choices for all. */
function devices({ pushes }: LeavingParts): RemovalPart {
  return {
    async remove({ userId }) {
      await pushes.forget(userId);
      return { more: false };
    },
  };
}

/** Others' notices that name the person. */
function namings({ notices }: LeavingParts): RemovalPart {
  return {
    async remove(caller) {
      return { more: await notices.forget(caller, atOnce) };
    },
  };
}

/** Those about the person stay while a legal hold does. */
function reports({ cases }: LeavingParts): RemovalPart {
  return {
    async remove({ userId }, held) {
      return { more: await cases.forget(userId, atOnce, held) };
    },
  };
}

function acquaintances({ contacts }: LeavingParts): RemovalPart {
  return {
    async remove(caller) {
      return { more: await contacts.endSome(caller, atOnce) };
    },
  };
}

function memberships({ groups, groupsStore }: LeavingParts): RemovalPart {
  return {
    async remove(caller) {
      const names = (await groupsStore.groupsWith(caller.userId)).slice(0, atOnce);
      for (const name of names) await groups.forsake(caller, name);
      return { more: names.length === atOnce };
    },
  };
}

function invitations({ invitesStore }: LeavingParts): RemovalPart {
  return {
    async remove({ userId }) {
      await invitesStore.removeOf(userId);
      return { more: false };
    },
  };
}

/** Removes files whether or not a command carries them, except those under legal hold, which are removed when it ends. */
function files({ files, fileStore }: LeavingParts): RemovalPart {
  return {
    async remove(caller, held) {
      for (const { id } of await fileStore.uploadsOf(caller.userId)) await files.abandon(caller, id);
      if (held) return { more: false };
      let removed = 0;
      let kept: string | null = null;
      // Files under hold stay in the list, so the loop continues after them.
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
