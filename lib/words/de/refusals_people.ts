/** German for what accounts, contacts, groups, preferences and moderation refuse. */
export const people: Readonly<Record<string, string>> = {
  // Logins and accounts
  "Log in first.": "Melde dich zuerst an.",
  "The username or the password is wrong.": "Der Benutzername oder das Passwort stimmt nicht.",
  "Too many tries. Wait before the next one.": "Zu viele Versuche. Warte vor dem nächsten.",
  "Too many people are logging in. Try again in a moment.":
    "Gerade melden sich zu viele an. Versuch es gleich noch einmal.",
  "Registration is closed on this server.": "Auf diesem Server ist die Registrierung geschlossen.",
  "An invitation is needed to register here.": "Für die Registrierung hier brauchst du eine Einladung.",
  "This username is taken. Choose another.": "Dieser Benutzername ist vergeben. Wähle einen anderen.",
  "is taken; choose another": "ist vergeben; wähle etwas anderes",
  "This setup link is used up. The console shows a new one at the next start.":
    "Dieser Einrichtungslink ist verbraucht. Beim nächsten Start steht ein neuer auf der Konsole.",
  "This account is gone.": "Dieses Konto gibt es nicht mehr.",
  "This account is suspended{0}.{1}": "Dieses Konto ist gesperrt<0>.<1>",
  "This account is suspended.": "Dieses Konto ist gesperrt.",
  "This account is suspended until {0}.": "Dieses Konto ist bis {0} gesperrt.",
  "This account is suspended. The reason: {0}": "Dieses Konto ist gesperrt. Der Grund: {0}",
  "This account is suspended until {0}. The reason: {1}": "Dieses Konto ist bis {0} gesperrt. Der Grund: {1}",
  " until {0}": " bis {0}",
  " The reason: {0}": " Der Grund: {0}",
  "This account is being changed elsewhere. Try again.":
    "Dieses Konto wird gerade anderswo geändert. Versuch es noch einmal.",
  "The account was changed just now. Try again.": "Das Konto wurde gerade geändert. Versuch es noch einmal.",
  "You are the last administrator. Make somebody else one first.":
    "Außer dir verwaltet niemand diesen Server. Gib dieses Recht zuerst jemand anderem.",
  "An archive is on its way already. Wait for it, or end that download.":
    "Ein Archiv ist schon unterwegs. Warte darauf oder brich das Herunterladen ab.",
  "There is no such session. List them again.": "Diese Sitzung gibt es nicht. Lade die Liste neu.",
  "The session is over. Log in again.": "Die Sitzung ist zu Ende. Melde dich wieder an.",
  "The ticket is used up or over. Ask for a new one.":
    "Das Ticket ist verbraucht oder abgelaufen. Hol ein neues.",

  // Passwords and second factors
  "The password {0}.": "Das Passwort <0>.",
  "is on the list of common passwords; choose another":
    "steht auf der Liste häufiger Passwörter; wähle ein anderes",
  "is your username; choose another": "ist dein Benutzername; wähle ein anderes",
  "The password was changed elsewhere just now. Log in again.":
    "Das Passwort wurde gerade anderswo geändert. Melde dich wieder an.",
  "The {0} is wrong.": "Das <0> stimmt nicht.",
  "current password": "bisherige Passwort",
  "password": "Passwort",
  "is not your password": "ist nicht dein Passwort",
  "This account asks for a code too. Send it with the password.":
    "Dieses Konto verlangt auch einen Code. Gib ihn mit dem Passwort an.",
  "is needed: the one that your app shows now, or a recovery code":
    "fehlt: der, den deine App gerade zeigt, oder ein Wiederherstellungscode",
  "This account has a passkey. Log in with that, or with a recovery code.":
    "Dieses Konto hat einen Passkey. Melde dich damit an oder mit einem Wiederherstellungscode.",
  "is needed: a recovery code, or log in with your passkey":
    "fehlt: ein Wiederherstellungscode; oder melde dich mit deinem Passkey an",
  "The code is wrong, or was used before.": "Der Code stimmt nicht oder wurde schon benutzt.",
  "is wrong or used; take the next one that your app shows, or a recovery code":
    "stimmt nicht oder ist verbraucht; nimm den nächsten aus deiner App oder einen Wiederherstellungscode",
  "Your role needs a second factor here. Set one up under /two-factor, then go on.":
    "Deine Rolle braucht hier einen zweiten Faktor. Richte unter /two-factor einen ein und mach dann weiter.",
  "There is no app to remove.": "Es gibt keine App, die entfernt werden könnte.",
  "Set up an app or a passkey first: the codes stand in for those.":
    "Richte zuerst eine App oder einen Passkey ein: Die Codes sind der Ersatz dafür.",
  "There is no such passkey of yours.": "Einen solchen Passkey hast du nicht.",
  "Your role needs a second factor. Add another one before you remove this.":
    "Deine Rolle braucht einen zweiten Faktor. Richte einen anderen ein, bevor du diesen entfernst.",
  "An app is set up already. Remove it first.": "Eine App ist schon eingerichtet. Entferne sie zuerst.",
  "Begin again: the secret is not waiting for a code any more.":
    "Fang noch einmal an: Das Geheimnis wartet nicht mehr auf einen Code.",
  "The code is wrong. Take the next one that the app shows.":
    "Der Code stimmt nicht. Nimm den nächsten, den die App zeigt.",
  "is not the one that the app shows now": "ist nicht der, den die App gerade zeigt",
  "This passkey does not open an account here. Try again.":
    "Dieser Passkey öffnet hier kein Konto. Versuch es noch einmal.",
  "This passkey was not verified.": "Dieser Passkey wurde nicht bestätigt.",
  "Passkeys need a name in the address. Open this server by its name, or as localhost.":
    "Passkeys brauchen einen Namen in der Adresse. Öffne diesen Server unter seinem Namen oder als localhost.",
  "The passkey could not be checked. Try again from the start.":
    "Der Passkey ließ sich nicht prüfen. Fang noch einmal von vorn an.",
  "does not answer what this server asked": "beantwortet nicht, was dieser Server gefragt hat",
  "You have {0} passkeys, which is the most. Remove one first.":
    "Du hast {0} Passkeys, mehr geht nicht. Entferne zuerst einen.",
  "This passkey is registered already.": "Dieser Passkey ist schon eingerichtet.",
  "This is being changed elsewhere. Try again.": "Das wird gerade anderswo geändert. Versuch es noch einmal.",
  "Change your own second factor on your own page.":
    "Deinen eigenen zweiten Faktor änderst du auf deiner eigenen Seite.",

  // Profiles
  "The picture changed just now. Look at your files and choose again.":
    "Das Bild hat sich gerade geändert. Sieh in deine Dateien und wähle noch einmal.",
  "There is no picture of this person for you.": "Von dieser Person gibt es kein Bild für dich.",
  "The picture has not passed the checks.": "Das Bild hat die Prüfung nicht bestanden.",
  "has not passed the checks": "hat die Prüfung nicht bestanden",
  "is not your file": "ist keine Datei von dir",
  "A picture is {0}.": "Ein Bild ist <0>.",
  "must be {0}": "muss <0> sein",
  "AVIF, GIF, JPEG, PNG or WebP": "AVIF, GIF, JPEG, PNG oder WebP",

  // Contacts
  "There is nobody with this username.": "Diesen Benutzernamen hat niemand.",
  "There is nobody of this name.": "Diesen Namen hat niemand.",
  "That is you.": "Das bist du selbst.",
  "is your own": "ist dein eigener",
  "This person is not among your contacts.": "Diese Person ist nicht unter deinen Kontakten.",
  "This contact is being changed elsewhere. Try again.":
    "Dieser Kontakt wird gerade anderswo geändert. Versuch es noch einmal.",
  "{0} {1} contacts, which is the most.": "Mehr als {1} Kontakte gehen nicht.",
  "You have {0} contacts, which is the most.": "Du hast {0} Kontakte, mehr gehen nicht.",
  "This person has {0} contacts, which is the most.": "Diese Person hat {0} Kontakte, mehr gehen nicht.",
  "{0} requests of yours are open. Take one back first.":
    "{0} deiner Anfragen sind offen. Nimm zuerst eine zurück.",
  "This person has too many open requests. Try again later.":
    "Diese Person hat zu viele offene Anfragen. Versuch es später noch einmal.",
  "There is no request from this person.": "Von dieser Person gibt es keine Anfrage.",

  // Groups
  "There is no group of this name.": "Eine Gruppe mit diesem Namen gibt es nicht.",
  "There is a group with this name already.": "Eine Gruppe mit diesem Namen gibt es schon.",
  "There is no invitation to a group of this name.":
    "Eine Einladung in eine Gruppe mit diesem Namen gibt es nicht.",
  "You are not in a group of this name.": "Du bist in keiner Gruppe mit diesem Namen.",
  "This person is not in the group.": "Diese Person ist nicht in der Gruppe.",
  "A server has at most {0} groups.": "Ein Server hat höchstens {0} Gruppen.",
  "A group has at most {0} members and invitations.":
    "Eine Gruppe hat höchstens {0} Mitglieder und Einladungen.",
  "This person has {0} groups and invitations, which is the most.":
    "Diese Person hat {0} Gruppen und Einladungen, mehr gehen nicht.",
  "This group is being changed elsewhere. Try again.":
    "Diese Gruppe wird gerade anderswo geändert. Versuch es noch einmal.",

  // Preferences and categories
  "You cannot block yourself.": "Dich selbst kannst du nicht blockieren.",
  "leave your own name out": "lass deinen eigenen Namen weg",
  'There is no category "{0}". Ask category.list for those there are.': "Die Kategorie „{0}“ gibt es nicht.",
  '"{0}" is not on this server\'s list': "„{0}“ steht nicht auf der Liste dieses Servers",
  "A server has at most {0} categories.": "Ein Server hat höchstens {0} Kategorien.",
  "The category general cannot be retired.": "Die Kategorie general lässt sich nicht stilllegen.",
  "general stays": "general bleibt",
  "There is no such category.": "Diese Kategorie gibt es nicht.",
  "There is a category with this name already, perhaps a retired one.":
    "Eine Kategorie mit diesem Namen gibt es schon, vielleicht eine stillgelegte.",
  "This category is being changed elsewhere. Try again.":
    "Diese Kategorie wird gerade anderswo geändert. Versuch es noch einmal.",

  // Administration
  "There is nothing at this address.": "An dieser Adresse ist nichts.",
  "The end lies in the past. Give a later one, or none.":
    "Das Ende liegt in der Vergangenheit. Gib ein späteres an oder keins.",
  "must lie ahead": "muss in der Zukunft liegen",
  "You cannot sanction yourself.": "Gegen dich selbst geht das nicht.",
  "Only an administrator may sanction moderators and administrators.":
    "Gegen Moderation und Verwaltung darf das nur die Verwaltung.",
  "This is the last administrator. {0}": "Sonst verwaltet niemand diesen Server. <0>",
  "Make somebody else an administrator first.": "Gib dieses Recht zuerst jemand anderem.",
  "Nobody could administer this server.": "Niemand könnte ihn dann noch verwalten.",
  "You may not send {0}. The reason: {1}": "Du darfst <0> nichts senden. Der Grund: {1}",
  "You may not send until {0}. The reason: {1}": "Du darfst bis {0} nichts senden. Der Grund: {1}",
  "You may not send until this is lifted. The reason: {0}":
    "Du darfst nichts senden, bis das aufgehoben wird. Der Grund: {0}",
  "until this is lifted": "bis das aufgehoben wird",
  "until {0}": "bis {0}",
  "Pass the `next` of a page as `before`.": "Diese Stelle im Protokoll gibt es nicht.",
  "Notifications are switched off on this server.":
    "Benachrichtigungen sind auf diesem Server ausgeschaltet.",
  "This is not the address of a browser's push service.":
    "Das ist keine Adresse eines Benachrichtigungsdienstes von Browsern.",
  "must be https, at a push service that this server knows":
    "muss mit https beginnen und zu einem Benachrichtigungsdienst gehören, den dieser Server kennt",
  "At most {0} devices can be told. Switch one off.":
    "Höchstens {0} Geräte können benachrichtigt werden. Schalte eines aus.",
  "must be the address that the browser gave": "muss die Adresse sein, die der Browser genannt hat",
};
