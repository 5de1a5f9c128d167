/** Why something did not work, by the kind of error: an island's words where the server's own are in another language. */
export const failures = {
  unknown: "That did not work. Try again.",
  not_found: "This no longer exists.",
  forbidden: "You cannot do that.",
  conflict: "This is no longer possible. Reload the page to see its state.",
  rate_limited: "Too many requests. Wait a moment, then try again.",
  queue_full: "The limit is reached. Try again later.",
  not_clean: "A file has not passed the checks.",
  expired: "This has expired.",
  stopped: "You are stopped. Resume first.",
  too_large: "Too long. Shorten it and try again.",
  unavailable: "Not available right now. Try again later.",
  unauthorized: "Your session ended. Log in again.",
  invalid_params: "Something is not valid. Check what you entered.",
  offline: "You are offline. Try again once connected.",
  broken: "The connection was lost. Reload to see the current state.",
};
