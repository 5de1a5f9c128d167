/** German for what files, their checks and incidents refuse, and for what is said of scanners and reports. */
export const files: Readonly<Record<string, string>> = {
  // Uploads
  "The file's name {0}. {1}": "Der Name der Datei <0>. <1>",
  "is empty": "ist leer",
  "holds nothing but dots": "besteht nur aus Punkten",
  "is longer than {0} bytes of UTF-8": "ist länger als {0} Bytes in UTF-8",
  "Give the file a name.": "Gib der Datei einen Namen.",
  "Shorten the file's name to {0} bytes.": "Kürze den Namen der Datei auf {0} Bytes.",
  "There is no such file.": "Eine solche Datei gibt es nicht.",
  "There is no such file of yours.": "Eine solche Datei hast du nicht.",
  "There is no such upload. Begin a new one.": "Ein solches Hochladen gibt es nicht. Fang ein neues an.",
  "This file did not pass the checks. The server does not take it.":
    "Diese Datei hat die Prüfung nicht bestanden. Der Server nimmt sie nicht an.",
  "A file may have at most {0} bytes here.": "Eine Datei darf hier höchstens {0} Bytes haben.",
  "A file is at most {0} bytes.": "Eine Datei hat höchstens {0} Bytes.",
  "Your files may have {0} bytes together, uploads that are under way included; {1} are left. Remove files that you do not need.":
    "Deine Dateien dürfen zusammen {0} Bytes haben, was gerade hochgeladen wird mitgezählt; {1} sind noch frei. Entferne Dateien, die du nicht brauchst.",
  "You have {0} files, as many as one person may have. Remove files that you do not need.":
    "Du hast {0} Dateien, mehr darf niemand haben. Entferne Dateien, die du nicht brauchst.",
  "Your account cannot add files any more.": "Dein Konto kann keine Dateien mehr hinzufügen.",
  "The form's file did not begin within {0} seconds. Send it again.":
    "Die Datei des Formulars begann nicht innerhalb von {0} Sekunden. Sende sie noch einmal.",
  "You have {0} uploads that are not finished. Finish or end one of them first.":
    "Du lädst gerade {0} Dateien hoch. Warte auf eine davon oder brich sie ab.",
  "The body stopped before it was whole. Send it again.":
    "Die Datei kam nicht vollständig an. Sende sie noch einmal.",
  "No byte came for {0} seconds. Send the file again.":
    "{0} Sekunden lang kam nichts an. Sende die Datei noch einmal.",
  "The body was said to have {0} bytes and has {1}. Send it again.":
    "Angekündigt waren {0} Bytes, gekommen sind {1}. Sende die Datei noch einmal.",
  "The file could not be kept this time. Send it again.":
    "Die Datei ließ sich diesmal nicht speichern. Sende sie noch einmal.",
  "A newer request goes on with this upload, or it was ended.":
    "Eine neuere Anfrage setzt dieses Hochladen fort, oder es wurde abgebrochen.",
  "This upload has {0} bytes, of which {1} are to come. Send no more than that.":
    "Diese Datei hat {0} Bytes, davon fehlen noch {1}. Sende nicht mehr als das.",
  "The checksum does not fit the bytes. Send this part again.":
    "Die Prüfsumme passt nicht zu den Bytes. Sende diesen Teil noch einmal.",
  "does not fit the bytes": "passt nicht zu den Bytes",
  "The server has no room for this file now. Try again later.":
    "Der Server hat gerade keinen Platz für diese Datei. Versuch es später noch einmal.",
  "This upload is at byte {0}. Go on there.": "Von dieser Datei sind {0} Bytes da. Mach dort weiter.",
  "The Content-Length is no length.": "Content-Length ist keine Länge.",
  "Send the bytes as they are, without Content-Encoding.":
    "Sende die Bytes so, wie sie sind, ohne Content-Encoding.",
  "Send the bytes with ?name=, or a form of multipart/form-data with the field file.":
    "Sende die Bytes mit ?name= oder ein Formular aus multipart/form-data mit dem Feld file.",
  "The form names its file.": "Das Formular nennt seine Datei selbst.",
  "The form's Content-Type names no boundary that can be used.":
    "Das Content-Type des Formulars nennt keine brauchbare Grenze.",
  "Choose a file: the form has none.": "Wähle eine Datei: Im Formular ist keine.",
  "Choose a file, or what to do with one.": "Wähle eine Datei oder was mit ihr geschehen soll.",
  "Send the file in the field file.": "Sende die Datei im Feld file.",
  "Send one file at a time.": "Sende eine Datei nach der anderen.",
  "A form has at most {0} fields besides its file.":
    "Ein Formular hat neben seiner Datei höchstens {0} Felder.",
  "A field of the form is at most {0} KiB.": "Ein Feld des Formulars hat höchstens {0} KiB.",
  "The form stopped before it was whole. Send it again.":
    "Das Formular kam nicht vollständig an. Sende es noch einmal.",
  "The form does not begin with its boundary.": "Das Formular fängt nicht mit seiner Grenze an.",
  "A boundary of the form is broken.": "Eine Grenze des Formulars ist kaputt.",
  "A part of the form has a head that is too long.": "Der Kopf eines Formularteils ist zu lang.",
  "A part of the form has a head that is not UTF-8.": "Der Kopf eines Formularteils ist kein UTF-8.",
  "There is something behind the end of the form.": "Hinter dem Ende des Formulars kommt noch etwas.",
  "A part of the form has a head that cannot be read.": "Der Kopf eines Formularteils ist nicht zu lesen.",
  "A part of the form is encoded. Send its bytes as they are.":
    "Ein Teil des Formulars ist kodiert. Sende seine Bytes so, wie sie sind.",
  "A part of the form does not say clearly which field it is.":
    "Ein Teil des Formulars sagt nicht eindeutig, welches Feld er ist.",
  "A part of the form does not say which field it is.":
    "Ein Teil des Formulars sagt nicht, welches Feld er ist.",

  // Files that are there
  "The file's content cannot be read now. Tell the administrator.":
    "Der Inhalt der Datei ist gerade nicht zu lesen. Sag der Verwaltung Bescheid.",
  "This file is still being checked. Try again when it is clean.":
    "Diese Datei wird noch geprüft. Versuch es noch einmal, wenn sie sauber ist.",
  "This file is held until its checks are complete.":
    "Diese Datei wird zurückgehalten, bis sie fertig geprüft ist.",
  "This file did not pass the checks. Nobody can open it.":
    "Diese Datei hat die Prüfung nicht bestanden. Niemand kann sie öffnen.",
  "Something that you sent carries this file. It goes by itself some days after that has ended.":
    "Etwas, das du gesendet hast, enthält diese Datei. Sie verschwindet von selbst, einige Tage nachdem es beendet ist.",
  "This file cannot be removed now. It goes by itself later.":
    "Diese Datei lässt sich jetzt nicht entfernen. Sie verschwindet später von selbst.",
  "This file is being checked. Remove it when that is done.":
    "Diese Datei wird gerade geprüft. Entferne sie, wenn das fertig ist.",

  // Decisions
  "The file is being scanned at this moment. Try again.":
    "Die Datei wird in diesem Moment geprüft. Versuch es noch einmal.",
  "This file is {0}; only held files are decided on.":
    "Über diese Datei ist nichts mehr zu entscheiden: Sie wird nicht zurückgehalten.",
  "This file was found to be harmful; that is not a moderator's to decide.":
    "Diese Datei ist schädlich; darüber entscheidet die Moderation nicht.",
  "This file is still being checked. It can be rejected, not released.":
    "Diese Datei wird noch geprüft. Du kannst sie abweisen, aber nicht freigeben.",
  "There is no such file; it may have been removed meanwhile.":
    "Eine solche Datei gibt es nicht; vielleicht wurde sie inzwischen entfernt.",
  "Choose whether to release or to reject it.": "Wähle, ob du sie freigibst oder abweist.",
  "Nothing was decided yet.": "Entschieden ist noch nichts.",
  "Confirm that you have read what the scanners said.":
    "Bestätige, dass du gelesen hast, was die Scanner gesagt haben.",

  // Incidents and reports
  "Choose what to do with the incident.": "Wähle, was mit dem Vorfall geschehen soll.",
  "Nothing was done yet.": "Bisher ist nichts geschehen.",
  "Tick this to submit the report.": "Setz hier den Haken, um die Meldung einzureichen.",
  "Tick this to close the incident.": "Setz hier den Haken, um den Vorfall zu schließen.",
  "Draft the report first.": "Entwirf zuerst die Meldung.",
  "The incident is closed already.": "Der Vorfall ist schon geschlossen.",
  "The incident is closed.": "Der Vorfall ist geschlossen.",
  "This incident names you. Somebody else has to close it.":
    "In diesem Vorfall wirst du genannt. Schließen muss ihn jemand anderes.",
  "This incident is being changed elsewhere. Try again.":
    "Dieser Vorfall wird gerade anderswo geändert. Versuch es noch einmal.",
  "Name accounts of this incident.": "Nenne Konten aus diesem Vorfall.",
  "not an account of this incident: {0}": "kein Konto aus diesem Vorfall: {0}",
  "Not suspended by this incident: {0}. Leave them out.":
    "Nicht durch diesen Vorfall gesperrt: {0}. Lass sie weg.",
  "not suspended by this incident: {0}": "nicht durch diesen Vorfall gesperrt: {0}",
  "There are no credentials for the CyberTipline: set BEHEST_CYBERTIP_USER and BEHEST_CYBERTIP_PASSWORD; export the report instead.":
    "Für die CyberTipline fehlen die Zugangsdaten: Setze BEHEST_CYBERTIP_USER und BEHEST_CYBERTIP_PASSWORD, oder lade die Meldung herunter.",
  "The submission was taken over.": "Das Einreichen wurde anderswo übernommen.",
  "The report is not complete: {0}.": "Die Meldung ist nicht vollständig: {0}.",
  "The report is being submitted elsewhere. Look at it again.":
    "Die Meldung wird gerade anderswo eingereicht. Sieh sie dir noch einmal an.",
  "The file's details are not complete: {0}.": "Die Angaben zur Datei sind nicht vollständig: {0}.",
  "The report was submitted already, as report {0}.":
    "Die Meldung wurde schon eingereicht, mit der Nummer {0}.",
  "The report is being submitted. Look at it again in a moment.":
    "Die Meldung wird gerade eingereicht. Sieh sie dir gleich noch einmal an.",
  "Whether the report arrived is not known yet. Submit it again first: it is not filed twice.":
    "Ob die Meldung angekommen ist, steht noch nicht fest. Reich sie zuerst noch einmal ein: Doppelt kommt sie nicht an.",
  "The evidence is not sealed yet. Submit the report in a moment.":
    "Der Beweis ist noch nicht versiegelt. Reich die Meldung gleich ein.",
  "{0} The draft is kept: correct it, or export it.":
    "<0> Der Entwurf bleibt erhalten: Verbessere ihn oder lade ihn herunter.",
  "The CyberTipline refused the report ({0}: {1}).": "Die CyberTipline hat die Meldung abgelehnt ({0}: {1}).",
  "The CyberTipline did not answer as it should ({0}). {1}":
    "Die CyberTipline hat nicht so geantwortet, wie sie sollte ({0}). <1>",
  "Nothing was filed; the draft is kept. Submit it again later.":
    "Angekommen ist nichts; der Entwurf bleibt erhalten. Reich ihn später noch einmal ein.",
  "Whether it arrived is not known. Submit it again: it is not filed twice.":
    "Ob sie angekommen ist, steht nicht fest. Reich sie noch einmal ein: Doppelt kommt sie nicht an.",
};
