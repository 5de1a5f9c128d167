import type { Words } from "../catalogue.ts";

export const scanning: Words["scanning"] = {
  evaluationLabel: "Erprobung",
  evaluationMore: "Was das heißt",
  evaluation: "Erprobung: nur zum Testen. {scanners}",
  virusReal: "{name} sucht nach Viren.",
  virusTest: "Der eingebaute Virenscanner kennt nur die EICAR-Testdatei.",
  csamReal: "{name} sucht nach bekannten Missbrauchsdarstellungen.",
  csamTest: "Missbrauchsdarstellungen werden nur mit einer Hash-Liste abgeglichen.",
  outage: "{name} ist ausgefallen, deshalb werden neue Dateien zurückgehalten: {reason}",
  heldLabel: "Neue Dateien werden zurückgehalten",
  held: "Neue Dateien werden angenommen und zurückgehalten.",
  lookAtHeld: "Zurückgehaltene Dateien ansehen",
  noVirus: "Kein Virenscanner eingerichtet.",
  noVirusBecause: "Kein Virenscanner eingerichtet: {reason}",
  noCsam: "Kein Abgleichdienst eingerichtet.",
  noCsamBecause: "Kein Abgleichdienst eingerichtet: {reason}",
  virusDown: "Virenscanner {name} ist ausgefallen: {reason}",
  csamDown: "Abgleichdienst {name} ist ausgefallen: {reason}",
  noReason: "kein Grund angegeben",
};
