/** Without the server: what this browser kept. */
export const offline = {
  title: "No connection",
  lead:
    "The server cannot be reached. What you see was kept in this browser. Your answers are sent when the connection is back.",
  back: "The connection is back.",
  open: "Open the page",
  nothing: "Nothing is kept in this browser. Log in when the connection is back.",
  inbox: "Open commands",
  history: "The last two weeks",
  waits: "Not sent yet: it goes out when the connection is back.",
  news: "Something new waits",
};
