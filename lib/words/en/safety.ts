/** The way back after a stop (CO-7). */
export const safety = {
  resume: "Resume",
  resumeLead: "What people sent while you were stopped comes to you then, as far as your preferences let it.",
  confirm: "I want to receive again",
  unconfirmed: "Tick the box to begin receiving again.",
};
