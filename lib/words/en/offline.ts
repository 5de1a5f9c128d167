/** Without the server: what this browser kept. */
export const offline = {
  title: "You are offline",
  lead:
    "The server cannot be reached. You see what this browser saved. Your answers are sent when you reconnect.",
  back: "You are back online.",
  open: "Open page",
  nothing: "This browser has nothing saved. Log in when you are online again.",
  inbox: "Open commands",
  history: "Last two weeks",
  messages: "Messages",
  you: "You",
  retracted: "This message was retracted.",
  sealed: "The command of this message is not opened.",
  aboutCommand: "About a command",
  unsent: "Messages to send",
  earlier: "Earlier messages are in the conversation.",
  waits: "Not sent yet. It is sent when you reconnect.",
  news: "Something new",
  /** A notification, when a button of another one came too late. */
  refused: "That button came too late. Open the app.",
};
