/** The way back after a stop (CO-7). */
export const safety = {
  resume: "Resume",
  resumeLead: "You then get what was sent while you were stopped, as your preferences allow.",
  confirm: "Deliver to me again",
  unconfirmed: "Tick the box to resume.",
};
