/** German for what is wrong with a command, a field or a form. */
export const commands: Readonly<Record<string, string>> = {
  // Forms
  "Some input needs another look: {0}.": "Einige Angaben stimmen noch nicht. Sieh sie dir noch einmal an.",
  "Use the buttons of this page.": "Benutze die Knöpfe dieser Seite.",
  "Send the form again from its page.": "Sende das Formular noch einmal von seiner Seite aus.",
  "is not a field that is taken here; leave it out": "wird hier nicht angenommen; lass es weg",
  "Send the body as JSON, with Content-Type: application/json.":
    "Sende die Daten als JSON, mit Content-Type: application/json.",
  "The body is not JSON.": "Die Daten sind kein JSON.",
  "A body is at most {0} KiB.": "Mehr als {0} KiB gehen hier nicht.",
  "The body ended before it was whole. Send it again.":
    "Die Daten kamen nicht vollständig an. Sende sie noch einmal.",
  "The body is not UTF-8.": "Die Daten sind kein UTF-8.",
  "The token is not this user's.": "Das Token gehört nicht zu diesem Konto.",
  "Send Authorization as Bearer, or as Basic with username and token.":
    "Sende Authorization als Bearer oder als Basic mit Benutzername und Token.",

  // Fields
  "must be at most {0} characters": "darf höchstens {0} Zeichen haben",
  "must be at least {0} characters": "muss mindestens {0} Zeichen haben",
  "must not be empty": "darf nicht leer sein",
  "must be whole Unicode characters": "muss aus ganzen Unicode-Zeichen bestehen",
  "must be one line without control characters": "muss eine Zeile ohne Steuerzeichen sein",
  "holds half of a surrogate pair; send whole Unicode characters":
    "enthält ein halbes Zeichen; sende ganze Unicode-Zeichen",
  "holds a NUL character; leave it out": "enthält ein NUL-Zeichen; lass es weg",
  "holds NUL or half of a surrogate pair; send whole Unicode characters":
    "enthält NUL oder ein halbes Zeichen; sende ganze Unicode-Zeichen",
  "must be a time like 2026-01-31T18:00:00Z": "muss eine Zeit sein wie 2026-01-31T18:00:00Z",
  "must lie in the years 0000 to 9999": "muss in den Jahren 0000 bis 9999 liegen",
  "must be 3 to 32 of a-z, 0-9, _ and -, beginning with a letter or digit":
    "muss 3 bis 32 Zeichen aus a–z, 0–9, _ und - haben, vorn ein Buchstabe oder eine Ziffer",
  "must be 1 to 32 of a-z, 0-9 and -, beginning with a letter or digit":
    "muss 1 bis 32 Zeichen aus a–z, 0–9 und - haben, vorn ein Buchstabe oder eine Ziffer",
  "must be 1 to 64 of A-Z, a-z, 0-9, '.', '_' and '-'":
    "muss 1 bis 64 Zeichen aus A–Z, a–z, 0–9, „.“, „_“ und „-“ haben",
  "must be an id that the server gave": "muss eine Kennung dieses Servers sein",
  "must be a cursor that the server gave": "muss eine Stelle sein, die der Server genannt hat",
  "must be a JSON object": "muss ein JSON-Objekt sein",
  "must be at most {0} levels deep": "darf höchstens {0} Ebenen tief sein",
  "must be at most {0} bytes of JSON": "darf höchstens {0} Bytes JSON haben",
  "must be base64url without padding": "muss base64url ohne Füllzeichen sein",
  "must be a time of day like 22:00": "muss eine Uhrzeit sein wie 22:00",
  "must be an IANA time zone like Europe/Berlin": "muss eine IANA-Zeitzone sein wie Europe/Berlin",
  "must be a language tag like en or de-AT": "muss ein Sprachkürzel sein wie de oder de-AT",
  "you must state that you are 18 or older": "du musst angeben, dass du mindestens 18 bist",
  "send confirm: true to begin receiving again": "bestätige, dass du wieder etwas bekommen möchtest",
  "must be message, task, media, link or x-…": "muss message, task, media, link oder x-… sein",
  "must be an https:// address without a user or password in it":
    "muss eine Adresse mit https:// sein, ohne Benutzer oder Passwort darin",
  "a link carries data.href, https only": "ein Link hat data.href, nur mit https",
  // What the schemas say where the project has no words of its own.
  "Invalid input": "ist so nicht richtig",
  "Invalid input: expected {0}": "ist so nicht richtig",
  "Invalid input: expected {0}, received {1}": "ist so nicht richtig",
  "Invalid input: expected {0}, received undefined": "fehlt",
  "Invalid discriminator value. Expected {0}": "wähle eins davon",
  "Invalid input: expected number, received NaN": "muss eine Zahl sein",
  "Invalid input: expected int, received number": "muss eine ganze Zahl sein",
  "Invalid option: expected one of {0}": "wähle eins davon",
  "Invalid string: must match pattern {0}": "hat nicht die richtige Form",
  "Too big: expected string to have <={0} characters": "darf höchstens {0} Zeichen haben",
  "Too small: expected string to have >={0} characters": "muss mindestens {0} Zeichen haben",
  "Too big: expected number to be <={0}": "darf höchstens {0} sein",
  "Too small: expected number to be >={0}": "muss mindestens {0} sein",
  "Too big: expected array to have <={0} items": "dürfen höchstens {0} sein",
  "Too small: expected array to have >={0} items": "müssen mindestens {0} sein",

  // Sending
  "{0}: {1}.": "<0>: <1>.",
  "deliverAt": "Zustellen ab",
  "dueAt": "Fällig",
  "expiresAt": "Läuft ab",
  "lies in the past; leave it out to send now":
    "liegt in der Vergangenheit; lass es weg, um gleich zu senden",
  "lies more than 90 days ahead; choose an earlier time":
    "liegt mehr als 90 Tage in der Zukunft; wähle eine frühere Zeit",
  "must be later than the time of delivery": "muss nach der Zustellung liegen",
  "a command waits at most {0} days; choose {1} or earlier":
    "ein Auftrag wartet höchstens {0} Tage; wähle {1} oder früher",
  "There is no such file of yours. Upload it first.":
    "Eine solche Datei hast du nicht. Lade sie zuerst hoch.",
  "names a file that is not yours or not there": "nennt eine Datei, die nicht dir gehört oder nicht da ist",
  "A file did not pass the checks and cannot be sent. Leave it out.":
    "Eine Datei hat die Prüfung nicht bestanden und lässt sich nicht senden. Lass sie weg.",
  "names a file that did not pass the checks": "nennt eine Datei, die die Prüfung nicht bestanden hat",
  "Sending to everyone needs the right to broadcast. Ask an administrator.":
    "Um an alle zu senden, brauchst du das Recht dazu. Frag die Verwaltung.",
  'There is no group "{0}" that you may send to.':
    "Eine Gruppe „{0}“, an die du senden darfst, gibt es nicht.",
  "is not a group of yours": "ist keine deiner Gruppen",
  'Your role in "{0}" does not send. Ask an owner of the group.':
    "Mit deiner Rolle in „{0}“ kannst du nicht senden. Frag, wer die Gruppe leitet.",
  "This could not be sent just now. Send it again.":
    "Das ließ sich gerade nicht senden. Sende es noch einmal.",
  "This key was used for another command. Use a new key for new content.":
    "Mit diesem Formular wurde schon ein anderer Auftrag gesendet. Sende es noch einmal, um einen neuen daraus zu machen.",
  "The command that was sent with this key has ended.":
    "Der Auftrag, der mit diesem Formular gesendet wurde, ist beendet.",
  'There is nobody called "{0}" here. Check the name.':
    "Hier heißt niemand „{0}“. Sieh dir den Namen noch einmal an.",
  '"{0}" is not a user': "„{0}“ ist kein Konto",
  'The inbox of "{0}" is full. Send again when it has been worked off.':
    "Der Eingang von „{0}“ ist voll. Sende es noch einmal, wenn er abgearbeitet ist.",
  "A command has at most {0} categories, its audience included.":
    "Ein Auftrag hat höchstens {0} Kategorien, die seines Publikums mitgezählt.",
  "leave one out": "lass eine weg",

  // What becomes of a command
  "There is no such command. It may have ended.":
    "Einen solchen Auftrag gibt es nicht. Vielleicht ist er beendet.",
  "This command has expired.": "Dieser Auftrag ist abgelaufen.",
  "A command that is {0} and requires {1} cannot be set to {2}.":
    "So, wie dieser Auftrag jetzt steht, geht das nicht.",
  '"{0}" is not a recipient of this command.': "„{0}“ hat diesen Auftrag nicht bekommen.",
  "There is nothing handed in to review.": "Es wurde nichts abgegeben, das du prüfen könntest.",
  "until goes with the state deferred only.": "Ein Später-Zeitpunkt passt nur zu „Nicht jetzt“.",
  "leave it out unless state is deferred": "lass es weg, außer bei „Nicht jetzt“",
  "until lies in the past.": "Der Zeitpunkt liegt in der Vergangenheit.",
  "must be later than now": "muss in der Zukunft liegen",
  "proof goes with the states submitted and completed only.":
    "Ein Nachweis passt nur dazu, etwas abzugeben oder fertig zu melden.",
  "leave it out unless state is submitted or completed": "lass es weg, außer beim Abgeben oder Fertigmelden",
  "Stop was pressed again meanwhile. Resume once more if you mean it.":
    "Inzwischen wurde noch einmal auf Stopp gedrückt. Wenn du es ernst meinst, mach noch einmal weiter.",
};
