import type { Words } from "../catalogue.ts";

export const operator: Words["operator"] = {
  begun: "Braucht dich: {name}",
  over: "Vorbei: {name}",
  lasted: "Es dauerte von {from} bis {to}.",
  names: {
    kv: "der Datenspeicher",
    disk: "das Datenverzeichnis",
    disk_room: "Platz auf dem Datenträger",
    disk_forecast: "der Datenträger läuft voll",
    certificate: "das Zertifikat",
    certificate_ends: "das Zertifikat läuft bald ab",
    backup: "die Sicherung",
    log: "das Log",
    clock: "die Uhr",
    virus_scanner: "der Virenscanner",
    csam_matcher: "der Abgleichdienst",
    incident: "ein neuer Vorfall",
  },
  incident:
    "Bekanntes Missbrauchsmaterial wurde gefunden und gesichert. Entscheide darüber auf /admin/incidents.",
  look: "Auf /admin steht, was zu tun ist.",
};
