import type { Method, Notification } from "../protocol/mod.ts";

/** What each method of the socket does, in a sentence or two. */
export const methodMeanings: Readonly<Record<Method, string>> = {
  "heartbeat":
    "Says that the client is there, and gets the server's time. Send one at each interval of session.ready.",
  "inbox.ack":
    "Acknowledges everything up to a place, for this device. Acknowledge after the client has stored it: what is acknowledged is not delivered to this device again.",
  "inbox.list":
    "Lists commands that this person received, newest first, or a view of the inbox with what is due first. Searches with q. Withheld and held ones are not in it.",
  "inbox.counts":
    "Counts the commands of each view of the inbox, and those that are held. Nothing is delivered.",
  "inbox.update": "Gives several commands one answer. Each is taken or refused by itself.",
  "inbox.undo":
    "Takes back the last answer to each command, for ten seconds after it. The sender sees what was before.",
  "command.send":
    "Sends a command. The answer comes after it is stored. Send the same key again after a lost answer: the same command is answered, not sent twice.",
  "command.preview": "Counts whom a draft would reach, without sending it.",
  "command.list": "Lists received (inbox) or sent (outbox) commands, newest first.",
  "command.get":
    "Gives one command: to its recipient with their state, to its sender with totals and recipients.",
  "command.update":
    "Moves the caller's own state of a received command. A move that the lifecycle lacks is refused. A choice or a form is completed with its answer; accepting a timer starts it.",
  "command.review": "Accepts or returns what a recipient submitted, where the command asks for a review.",
  "command.edit":
    "Changes a sent command that nobody was handed yet; a broadcast until it is released. Only the fields that are there change, and null takes one out. Whom it reaches is decided anew.",
  "command.undo":
    "Takes back a command that was sent less than ten seconds ago and that nobody was handed yet: it ends as if cancelled.",
  "command.cancel": "Cancels a sent command: open deliveries disappear from devices.",
  "preferences.get": "Gives the caller's preferences.",
  "preferences.set":
    "Changes the fields that are there. `quietHours` takes a list of windows, or one window for all days, and is answered as a list. Only the person's own sessions can.",
  "grant.list": "Lists the caller's grants that are in force.",
  "grant.set": "Makes or changes a grant for one contact or group.",
  "grant.end": "Ends a grant.",
  "category.list": "Lists the categories that commands can have.",
  "contact.request": "Asks someone to become a contact. The answer is the same whether or not they see it.",
  "contact.accept": "Accepts a request.",
  "contact.decline": "Declines a request. The other side sees it wait.",
  "contact.remove": "Removes a contact, on both sides.",
  "contact.list": "Lists contacts and requests.",
  "group.list": "Lists the caller's groups and invitations.",
  "group.accept": "Accepts an invitation to a group.",
  "group.leave": "Leaves a group, or declines its invitation.",
  "chat.send":
    "Sends a message to a contact, or on a command's thread. The same key gets the same message again.",
  "chat.list": "Lists the messages of a talk, newest first.",
  "chat.counts": "Counts the unread messages of talks that make a noise.",
  "chat.notify":
    "Chooses what makes a noise of a talk: everything, messages with the caller's name, or nothing.",
  "chat.search": "Finds words in the messages of two weeks, of both sides, newest first.",
  "chat.talks": "Lists the caller's talks, each with its last message.",
  "chat.read": "Marks a talk as read up to a message.",
  "chat.retract": "Withdraws a message for everyone, within ten minutes.",
  "chat.writing": "Says that the caller is writing; told only where both sides show it.",
  "notice.list": "Lists the caller's notices, newest first.",
  "notice.read": "Marks notices as read, all of them without ids.",
  "report.create":
    "Reports a person, command, message, file or group to the moderators. The person reported is not told who reported.",
  "report.list": "Lists the caller's reports and what came of them.",
  "sanction.appeal": "Appeals against a sanction, once. Another moderator decides.",
  "sanction.list": "Lists the caller's sanctions in force.",
  "sanction.read": "Marks a warning as read.",
  "safety.stop":
    "Stops everything: nothing is delivered to any device of the person after the answer, until safety.resume.",
  "safety.resume": "Ends a stop. What waited is delivered as the preferences say.",
};

/** What each notification of the server tells. */
export const notificationMeanings: Readonly<Record<Notification, string>> = {
  "session.ready":
    "The first frame: who is connected, the heartbeat, where this device is, and the limits to keep. An access token without read or receive gets no cursor, no count and no sanctions.",
  "session.renewed": "The session was renewed; the connection goes on until the new end.",
  "session.misused": "A session ended, as an old credential of it was used again.",
  "session.closing": "The connection ends now, with this code; reconnect says whether to come back.",
  "command.deliver":
    "Delivers commands in order. The same command can come again: drop the ones already seen, by id. Acknowledge the last cursor with inbox.ack.",
  "command.changed": "A command changed: a state, totals, or a cancellation.",
  "command.due": "A deadline comes near, and the person has not completed the command yet.",
  "file.changed": "A file of the person was checked, or changed its state.",
  "preferences.changed": "The preferences were changed on another device.",
  "grant.changed": "The grants in force changed.",
  "contact.changed": "A contact or a request changed.",
  "group.changed": "A group or an invitation changed.",
  "chat.message": "Delivers a chat message. It can come again: drop the ones already seen, by id.",
  "chat.changed": "A talk changed: read, withdrawn, or someone is writing.",
  "notice.new": "A notice was added.",
  "notice.changed": "Notices were read on another device.",
  "report.changed": "One of the caller's reports was decided, or its decision undone.",
  "sanction.changed": "The sanctions in force changed.",
  "safety.changed": "The person stopped or resumed on another device.",
};
