import type { Words } from "../catalogue.ts";

export const scanning: Words["scanning"] = {
  evaluationLabel: "Zum Ausprobieren",
  evaluation: "Zum Ausprobieren von Behest, nicht für den Ernstfall. {scanners}",
  virusReal: "Viren sucht {name}.",
  virusTest: "Viren sucht der eingebaute Testscanner: Er kennt nur die EICAR-Testdatei.",
  csamReal: "Bekannte Missbrauchsdarstellungen sucht {name}.",
  csamTest: "Bekannte Missbrauchsdarstellungen werden nur in einer Liste von Hashes gesucht.",
  outage: "{name} arbeitet gerade nicht, deshalb werden neue Dateien zurückgehalten: {reason}",
  heldLabel: "Neue Dateien werden zurückgehalten",
  held: "Neue Dateien werden angenommen und zurückgehalten.",
  lookAtHeld: "Ansehen, was zurückgehalten wird",
  noVirus: "Es ist kein Virenscanner eingerichtet.",
  noVirusBecause: "Es ist kein Virenscanner eingerichtet: {reason}",
  noCsam: "Es ist kein Abgleichdienst eingerichtet.",
  noCsamBecause: "Es ist kein Abgleichdienst eingerichtet: {reason}",
  virusDown: "Der Virenscanner {name} arbeitet nicht: {reason}",
  csamDown: "Der Abgleichdienst {name} arbeitet nicht: {reason}",
  noReason: "ein Grund wurde nicht genannt",
};
