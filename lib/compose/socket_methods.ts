import type { Handlers } from "../realtime/mod.ts";
import type { Services } from "../web/mod.ts";

/** The socket's router: each method and the service call that answers it. */
export function socketMethods(
  { commands, chat, preferences, grants, categories, contacts, groups, notices, reports, safety, sanctions }:
    Pick<
      Services,
      | "commands"
      | "chat"
      | "preferences"
      | "grants"
      | "categories"
      | "contacts"
      | "groups"
      | "notices"
      | "reports"
      | "safety"
      | "sanctions"
    >,
): Handlers {
  return {
    "inbox.list": (caller, params) => commands.inboxList(caller, params),
    "inbox.counts": (caller) => commands.inboxCounts(caller),
    "inbox.update": (caller, params) => commands.updateSome(caller, params),
    "inbox.undo": (caller, params) => commands.undoSome(caller, params),
    "command.send": (caller, params) => commands.send(caller, params),
    "command.preview": (caller, params) => commands.preview(caller, params),
    "command.list": (caller, params) => commands.list(caller, params),
    "command.get": (caller, params) => commands.get(caller, params),
    "command.update": (caller, params) => commands.update(caller, params),
    "command.review": (caller, params) => commands.review(caller, params),
    "command.edit": (caller, params) => commands.edit(caller, params),
    "command.undo": (caller, params) => commands.undoSend(caller, params),
    "command.cancel": (caller, params) => commands.cancel(caller, params),
    "chat.send": (caller, params) => chat.send(caller, params),
    "chat.list": (caller, params) => chat.list(caller, params),
    "chat.counts": (caller) => chat.counts(caller),
    "chat.notify": (caller, params) => chat.notify(caller, params),
    "chat.search": (caller, params) => chat.search(caller, params),
    "chat.talks": (caller) => chat.talks(caller),
    "chat.read": (caller, params) => chat.read(caller, params),
    "chat.retract": (caller, params) => chat.retract(caller, params),
    "chat.writing": (caller, params) => chat.writing(caller, params),
    "preferences.get": (caller) => preferences.get(caller),
    "preferences.set": (caller, params) => preferences.set(caller, params),
    "grant.list": (caller) => grants.list(caller),
    "grant.set": (caller, params) => grants.set(caller, params),
    "grant.end": (caller, params) => grants.end(caller, params),
    "category.list": () => categories.list(),
    "contact.request": (caller, params) => contacts.request(caller, params),
    "contact.accept": (caller, params) => contacts.accept(caller, params),
    "contact.decline": (caller, params) => contacts.decline(caller, params),
    "contact.remove": (caller, params) => contacts.remove(caller, params),
    "contact.list": (caller) => contacts.list(caller),
    "group.list": (caller) => groups.list(caller),
    "group.accept": (caller, params) => groups.accept(caller, params),
    "group.leave": (caller, params) => groups.leave(caller, params),
    "notice.list": (caller, params) => notices.list(caller, params),
    "notice.read": (caller, params) => notices.read(caller, params),
    "report.create": (caller, params) => reports.create(caller, params),
    "report.list": (caller, params) => reports.list(caller, params),
    "sanction.list": (caller) => sanctions.list(caller),
    "sanction.read": (caller, { id }) => sanctions.read(caller, id),
    "sanction.appeal": (caller, params) => sanctions.appeal(caller, params),
    "safety.stop": (caller) => safety.stop(caller),
    "safety.resume": (caller) => safety.resume(caller),
  };
}
