import type { Words } from "../catalogue.ts";

export const builtin: Words["builtin"] = {
  general: {
    title: "Allgemein",
    description: "Alltägliche Nachrichten, Aufgaben und Links, die alle sehen dürfen.",
  },
  censored: {
    title: "Zensiert",
    description: "Intime Bilder und Worte, in denen etwas verdeckt oder unscharf ist.",
  },
  feet: { title: "Füße", description: "Bilder und Aufgaben zu Füßen." },
};
