/** Why something did not work, by the kind of error: an island's words where the server's own are in another language. */
export const failures = {
  unknown: "That did not work. Try again.",
  not_found: "It is not there any more.",
  forbidden: "You may not do that.",
  conflict: "That does not go any more. Reload the page to see how it stands.",
  rate_limited: "That was too much at once. Wait a little, then try again.",
  queue_full: "There is no room for it now. Try again later.",
  not_clean: "One of the files has not passed the checks.",
  expired: "It has ended meanwhile.",
  stopped: "You have stopped everything. Resume first.",
  too_large: "That is too long. Shorten it and try again.",
  unavailable: "The server cannot do that now. Try again later.",
  unauthorized: "Your session is over. Log in again.",
  invalid_params: "Something about it is not right. Look at what you typed.",
  offline: "There is no connection. Try again when it is back.",
  broken: "The connection broke off. Reload the page to see how it stands.",
};
