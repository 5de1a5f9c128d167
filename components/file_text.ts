import type { FileState, Verdict, VerdictKind } from "../lib/protocol/mod.ts";
import type { StateWords } from "./page_text.ts";

const units = ["bytes", "KiB", "MiB", "GiB", "TiB"] as const;

/** A size as a person reads it: three figures are enough. */
export function sizeText(bytes: number): string {
  let size = bytes;
  let unit = 0;
  while (size >= 1024 && unit < units.length - 1) {
    size /= 1024;
    unit++;
  }
  if (unit === 0) return bytes === 1 ? "1 byte" : `${bytes} bytes`;
  return `${size.toLocaleString("en", { maximumSignificantDigits: 3 })} ${units[unit]}`;
}

const families: Readonly<Record<string, string>> = {
  image: "picture",
  audio: "sound",
  video: "video",
  text: "text",
  font: "font",
};

const types = new Map([
  ["application/octet-stream", "Unknown type"],
  ["application/pdf", "PDF document"],
  ["application/zip", "ZIP archive"],
  ["application/gzip", "GZ archive"],
  ["application/x-tar", "TAR archive"],
  ["application/x-7z-compressed", "7z archive"],
  ["application/x-rar-compressed", "RAR archive"],
  ["application/vnd.openxmlformats-officedocument.wordprocessingml.document", "Word document"],
  ["application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "Excel sheet"],
  ["application/vnd.openxmlformats-officedocument.presentationml.presentation", "PowerPoint slides"],
  ["application/vnd.oasis.opendocument.text", "OpenDocument text"],
  ["application/json", "JSON text"],
  ["application/xml", "XML text"],
  ["text/plain", "Plain text"],
  ["image/svg+xml", "SVG picture"],
  ["audio/mpeg", "MP3 sound"],
]);

/** A sniffed type in words, or as it is where there are none. */
export function typeText(type: string): string {
  const known = types.get(type);
  if (known !== undefined) return known;
  const [family = "", name = ""] = type.split("/", 2);
  const word = families[family];
  return word === undefined || !/^[a-z0-9-]{1,16}$/.test(name)
    ? type
    : `${name.replace(/^x-/, "").toUpperCase()} ${word}`;
}

/** How the pages show a file themselves (FI-5); everything else is handed over as a download. */
export function shownAs(type: string): "image" | "audio" | "video" | null {
  // A drawing is a document with scripts: the server hands it over as a download.
  const family = type.startsWith("image/svg") ? undefined : /^(image|audio|video)\//.exec(type)?.[1];
  return family === "image" || family === "audio" || family === "video" ? family : null;
}

/** Where a file's bytes are, under its name. Names that a path would fold away are left out. */
export function contentPath(fileId: string, name: string): string {
  const path = `/api/v1/files/${encodeURIComponent(fileId)}/content`;
  return /^\.{0,2}$/.test(name) ? path : `${path}/${encodeURIComponent(name.toWellFormed())}`;
}

/** A file's state with what it means to its owner. */
export function fileWords(state: FileState): StateWords & { sentence: string } {
  switch (state) {
    case "scanning":
      return {
        label: "Being checked",
        tone: "wait",
        sentence: "The scanners look at it now. Until they are done nobody can open it, you neither.",
      };
    case "clean":
      return { label: "Clean", tone: "good", sentence: "It passed the checks and can be sent." };
    case "held":
      return {
        label: "Held",
        tone: "wait",
        sentence:
          "The checks could not be finished. It waits for them, or for a moderator, and nobody gets it before.",
      };
    case "rejected":
      return {
        label: "Rejected",
        tone: "bad",
        sentence: "It did not pass the checks. Nobody gets it, and the same file is not taken again.",
      };
    default:
      state satisfies never;
      return { label: "Unknown", tone: "bad", sentence: "It cannot be used." };
  }
}

/** Whether a file can still go with a command, as far as is known. */
export function isSendable({ state }: { state: FileState }): boolean {
  return state === "clean" || state === "scanning";
}

const verdicts: Readonly<Record<VerdictKind, StateWords>> = {
  clean: { label: "Clean", tone: "good" },
  infected: { label: "Infected", tone: "bad" },
  match: { label: "Match", tone: "bad" },
  incomplete: { label: "Not fully checked", tone: "wait" },
  not_applicable: { label: "Not applicable", tone: "plain" },
  error: { label: "No answer", tone: "wait" },
};

/** What a scanner said; of a moderator, what they decided. */
export function verdictWords({ check, verdict }: Pick<Verdict, "check" | "verdict">): StateWords {
  if (check !== "moderator") return verdicts[verdict];
  return verdict === "clean" ? { label: "Released", tone: "good" } : { label: "Rejected", tone: "bad" };
}

/** Which question a verdict answers. */
export function checkText(check: Verdict["check"]): string {
  switch (check) {
    case "virus":
      return "Viruses";
    case "csam":
      return "Known abuse material";
    case "moderator":
      return "Moderator";
    default:
      check satisfies never;
      return check;
  }
}

/** Why a carried file cannot be had: it is not there any more, is still being checked, or did not pass. */
export type Absence = "gone" | "scanning" | "unclean";

export function absenceText(absence: Absence | "unreached"): string {
  switch (absence) {
    case "gone":
      return "It is not available any more.";
    case "scanning":
      return "It is still being checked.";
    case "unclean":
      return "It has not passed the checks, so it cannot be opened.";
    case "unreached":
      return "It could not be loaded. Reload the page to try again.";
    default:
      absence satisfies never;
      return "It is not available.";
  }
}
