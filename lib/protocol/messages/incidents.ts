/** Refusals about incidents and reports. */
export const incidentMessages = {
  "incident.choose": "Choose what to do with the incident.",
  "incident.alreadyClosed": "The incident is already closed.",
  "incident.closed": "The incident is closed.",
  "incident.own": "This incident names you. Someone else must close it.",
  "incident.changed": "This incident has just changed. Try again.",
  "incident.accounts": "Choose accounts named in it.",
  "incident.otherSuspended": "Not suspended by this incident: {names}. Remove them.",
  "report.noDraft": "Save a draft first.",
  "report.credentials":
    "No CyberTipline credentials. Set BEHEST_CYBERTIP_USER and BEHEST_CYBERTIP_PASSWORD, or export the report.",
  "report.takenOver": "The submission was taken over.",
  "report.incomplete": "The report is not complete: {problems}.",
  "report.fileIncomplete": "The file's details are not complete: {problems}.",
  "report.elsewhere": "The report is being submitted elsewhere. Reload the page.",
  "report.submitted": "The report was already submitted as {id}.",
  "report.submitting": "The report is being submitted. Check again in a moment.",
  "report.uncertain": "The report may not have arrived. Submit it again; it is not filed twice.",
  "report.sealing": "The evidence is not encrypted yet. Try again in a moment.",
  "report.refused":
    "The CyberTipline refused the report ({code}: {text}). Your draft is kept: correct or export it.",
  "report.notFiled": "The report was not filed. Your draft is kept: submit it later. Reason: {text}",
  "report.maybeFiled":
    "The report may not have arrived. Submit it again; it is not filed twice. Reason: {text}",
  "report.problem": "{path}: {reason}",
  "report.elements": "must have elements only",
  "report.order": "must come before {name}",
  "report.once": "must be given only once",
  "report.attribute": "must have the attribute {name}",
  "report.noAttribute": "must not have the attribute {name}",
} as const;
