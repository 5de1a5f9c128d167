/** German for why a scanner or a check of `/readyz` does not work, and for what is wrong with a report. */
export const reasons: Readonly<Record<string, string>> = {
  // Scanners and checks; what they say of themselves stays as they say it.
  "does not answer": "antwortet nicht",
  "does not work": "arbeitet nicht",
  "no answer within {0} s": "keine Antwort in {0} s",
  "is a stand-in for trying things out": "ist ein Ersatz zum Ausprobieren",
  "No matching service is configured: set BEHEST_CSAM. Until then files are held.":
    "Setze BEHEST_CSAM. Bis dahin werden Dateien zurückgehalten.",
  "clamd cannot be reached at {0} ({1}): it is starting, or not running.":
    "clamd ist unter {0} nicht zu erreichen ({1}): Es startet gerade oder läuft nicht.",
  "{0} within {1} ms.": "<0> ({1} ms).",
  "What answers at the address of clamd does not speak its language.":
    "Was unter der Adresse von clamd antwortet, spricht nicht dessen Sprache.",
  "What answers at the address of clamd does not tell a version.":
    "Was unter der Adresse von clamd antwortet, nennt keine Version.",
  "clamd does not know the EICAR test file: its signatures are missing; run freshclam.":
    "clamd kennt die EICAR-Testdatei nicht: Seine Signaturen fehlen; starte freshclam.",
  "clamd calls encrypted archives clean: add the line `AlertEncrypted yes` to clamd.conf.":
    "clamd hält verschlüsselte Archive für sauber: Schreib die Zeile `AlertEncrypted yes` in clamd.conf.",
  "clamd calls encrypted documents clean: add the line `AlertEncrypted yes` to clamd.conf.":
    "clamd hält verschlüsselte Dokumente für sauber: Schreib die Zeile `AlertEncrypted yes` in clamd.conf.",
  "clamd calls what is over its limits clean: add the line `AlertExceedsMax yes` to clamd.conf.":
    "clamd hält für sauber, was über seine Grenzen geht: Schreib die Zeile `AlertExceedsMax yes` in clamd.conf.",
  "clamd cuts off large files in archives and calls them clean: set `MaxFileSize` in clamd.conf to the same as `MaxScanSize` (2000M).":
    "clamd schneidet große Dateien in Archiven ab und hält sie für sauber: Setze `MaxFileSize` in clamd.conf auf dasselbe wie `MaxScanSize` (2000M).",
  "clamd's answer to a test file was: {0}": "Die Antwort von clamd auf eine Testdatei war: {0}",
  "The file could not be read ({0}).": "Die Datei ließ sich nicht lesen ({0}).",
  "Not asked after {0} failures in a row: {1}": "Nicht gefragt nach {0} Fehlern hintereinander: <1>",

  // Reports; before each stands the path of an element.
  "{0}: must not be blank": "{0}: darf nicht leer sein",
  "{0}: is missing": "{0}: fehlt",
  "{0}: is longer than {1} characters": "{0}: ist länger als {1} Zeichen",
  "{0}: must be one of: {1}": "{0}: muss eins davon sein: {1}",
  "{0}: must be true or false": "{0}: muss true oder false sein",
  "{0}: must be a whole number": "{0}: muss eine ganze Zahl sein",
  "{0}: must be a port from 1 to 65535": "{0}: muss ein Port von 1 bis 65535 sein",
  "{0}: must be a time with its zone, like 2026-01-31T18:00:00Z":
    "{0}: muss eine Zeit mit ihrer Zone sein, wie 2026-01-31T18:00:00Z",
  "{0}: must be an IP address": "{0}: muss eine IP-Adresse sein",
};
