import type { Words } from "../catalogue.ts";

export const look: Words["look"] = {
  theme: "Farben",
  device: "Wie das Gerät",
  light: "Hell",
  dark: "Dunkel",
  language: "Sprache",
  apply: "Übernehmen",
};
