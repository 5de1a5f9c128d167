/** Refusals about chat. */
export const chatMessages = {
  "chat.contact": "You can write to your contacts. Send a contact request first.",
  "chat.self": "You cannot write to yourself.",
  "chat.thread": "No such thread. The command may have ended.",
  "chat.recipient": "This command has several recipients. Choose one.",
  "chat.broadcast": "Commands to a category or to everyone have no thread.",
  "chat.scheduled": "This command was not delivered yet. Write once it is.",
  "chat.empty": "There is nothing to send yet. Write a text or add a file.",
  "chat.about": "No such message in this conversation.",
  "chat.key": "This key belongs to another message. Use a new key.",
  "chat.keyEnded": "The message sent with this key was deleted.",
  "chat.full": "The limit is {count} messages to one person in {days} days. Try again later.",
  "chat.missing": "No such message. Messages are kept for {days} days.",
  "chat.retractLate": "The limit is {minutes} minutes. You cannot retract this message now.",
  "chat.retractOwn": "You can retract your own messages only.",
} as const;
