import type { Absence, FileState } from "../protocol/mod.ts";
import type { Language, Words } from "../words/mod.ts";
import { fill, plural } from "../words/shape.ts";
import { numberText, type StateWords } from "./commands.ts";

type FileSection = Words["file"];

const units = ["", "KiB", "MiB", "GiB", "TiB"] as const;

/** A size as a person reads it: three figures are enough. */
export function sizeText(words: FileSection, language: Language, bytes: number): string {
  let size = bytes;
  let unit = 0;
  while (size >= 1024 && unit < units.length - 1) {
    size /= 1024;
    unit++;
  }
  if (unit === 0) return plural(language, words.bytes, bytes);
  return `${numberText(language, size, { maximumSignificantDigits: 3 })} ${units[unit]}`;
}

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;

/** How fast an upload goes and how long it still takes: `1.2 MiB/s · 3 s left`. Rounded up, so that nobody waits for longer. */
export function paceText(
  words: Words["upload"],
  file: FileSection,
  language: Language,
  { perSecond, leftMs }: { perSecond: number; leftMs: number },
): string {
  const [text, unitMs] = leftMs > 1.5 * hourMs
    ? [words.hoursLeft, hourMs] as const
    : leftMs > 1.5 * minuteMs
    ? [words.minutesLeft, minuteMs] as const
    : [words.secondsLeft, 1000] as const;
  const speed = fill(words.speed, { size: sizeText(file, language, Math.round(perSecond)) });
  return `${speed} · ${fill(text, { n: Math.max(1, Math.ceil(leftMs / unitMs)) })}`;
}

/** What goes by the first part of a type. */
const families = new Map<string, "picture" | "sound" | "video" | "text" | "font">([
  ["image", "picture"],
  ["audio", "sound"],
  ["video", "video"],
  ["text", "text"],
  ["font", "font"],
]);

const types = new Map<string, (words: FileSection) => string>([
  ["application/octet-stream", (words) => words.unknown],
  ["application/pdf", (words) => words.pdf],
  ["application/zip", (words) => fill(words.archive, { format: "ZIP" })],
  ["application/gzip", (words) => fill(words.archive, { format: "GZ" })],
  ["application/x-tar", (words) => fill(words.archive, { format: "TAR" })],
  ["application/x-7z-compressed", (words) => fill(words.archive, { format: "7z" })],
  ["application/x-rar-compressed", (words) => fill(words.archive, { format: "RAR" })],
  ["application/vnd.openxmlformats-officedocument.wordprocessingml.document", (words) => words.word],
  ["application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", (words) => words.excel],
  ["application/vnd.openxmlformats-officedocument.presentationml.presentation", (words) => words.powerpoint],
  ["application/vnd.oasis.opendocument.text", (words) => fill(words.text, { format: "OpenDocument" })],
  ["application/json", (words) => fill(words.text, { format: "JSON" })],
  ["application/xml", (words) => fill(words.text, { format: "XML" })],
  ["text/plain", (words) => words.plainText],
  ["image/svg+xml", (words) => fill(words.picture, { format: "SVG" })],
  ["audio/mpeg", (words) => fill(words.sound, { format: "MP3" })],
]);

/** A sniffed type in words, or as it is where there are none. */
export function typeText(words: FileSection, type: string): string {
  const known = types.get(type);
  if (known !== undefined) return known(words);
  const [family = "", name = ""] = type.split("/", 2);
  const word = families.get(family);
  return word === undefined || !/^[a-z0-9-]{1,16}$/.test(name)
    ? type
    : fill(words[word], { format: name.replace(/^x-/, "").toUpperCase() });
}

/** What a file is, in a few words. */
export function factsText(
  words: FileSection,
  language: Language,
  { type, size }: { type: string; size: number },
): string {
  return fill(words.facts, { type: typeText(words, type), size: sizeText(words, language, size) });
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

const tones: Readonly<Record<FileState, StateWords["tone"]>> = {
  scanning: "wait",
  clean: "good",
  held: "wait",
  rejected: "bad",
};

/** How a file stands. */
export function fileWords(words: FileSection, state: FileState): StateWords {
  return { label: words[state], tone: tones[state] };
}

/** Whether a file can still go with a command, as far as is known. */
export function isSendable({ state }: { state: FileState }): boolean {
  return state === "clean" || state === "scanning";
}

export function absenceText(words: FileSection, absence: Absence | "unreached"): string {
  switch (absence) {
    case "gone":
      return words.gone;
    case "scanning":
      return words.stillChecked;
    case "unclean":
      return words.unclean;
    case "unreached":
      return words.unreached;
    default:
      absence satisfies never;
      return words.gone;
  }
}
