/** What the server tells its administrators in their inbox, and a program by webhook. */
export const operator = {
  begun: "Needs you: {name}",
  over: "Over: {name}",
  lasted: "It lasted from {from} to {to}.",
  names: {
    kv: "the data store",
    disk: "the data directory",
    disk_room: "room on the disk",
    disk_forecast: "the disk fills up",
    certificate: "the certificate",
    certificate_ends: "the certificate ends soon",
    backup: "the backup",
    log: "the log",
    clock: "the clock",
    virus_scanner: "the virus scanner",
    csam_matcher: "the matching service",
    incident: "a new incident",
  },
  incident: "Known abuse material was found and preserved. Decide it at /admin/incidents.",
  look: "See /admin for what to do.",
};
