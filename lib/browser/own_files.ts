import { placed } from "./base_path.ts";
import { type Signal, useSignal } from "@preact/signals";
import { useRef } from "preact/hooks";
import type { Absence, FileObject } from "../protocol/mod.ts";
import { useConnection } from "./use_connection.ts";

interface OwnFiles {
  files: Signal<FileObject[]>;
  /** Adds a file that has just been uploaded. */
  add(file: FileObject): void;
}

/** A person's files, kept current over the page's connection while they are checked (FI-4). */
export function useOwnFiles(first: FileObject[]): OwnFiles {
  const files = useSignal(first);
  // News of a file can come before the answer that adds it.
  const heard = useRef(new Map<string, FileObject>());

  useConnection((connection) => {
    const change = (file: FileObject) => {
      heard.current.set(file.id, file);
      if (files.value.some(({ id }) => id === file.id)) files.value = withFile(files.value, file);
    };
    return [
      connection.on("notification", (note) => {
        if (note.method === "file.changed") change(note.params);
      }),
      // Changes while offline were not told.
      connection.on("ready", () => {
        const waiting = files.value.filter(({ state }) => state === "scanning" || state === "held");
        for (const { id } of waiting) void readFile(id).then((file) => file !== null && change(file));
      }),
    ];
  });

  return {
    files,
    add: (file) => files.value = withFile(files.value, heard.current.get(file.id) ?? file),
  };
}

/** Attached files that cannot be downloaded, by id. Those of the person's own change as their checks end. */
export function useAbsent(
  first: Readonly<Record<string, Absence>>,
): Signal<Readonly<Record<string, Absence>>> {
  const absent = useSignal(first);
  useConnection((connection) => [
    connection.on("notification", (note) => {
      if (note.method !== "file.changed") return;
      const { id, state } = note.params;
      const { [id]: _, ...others } = absent.value;
      absent.value = state === "clean"
        ? others
        : { ...others, [id]: state === "scanning" ? "scanning" : "unclean" };
    }),
  ]);
  return absent;
}

/** The list with a file added or replaced, newest first. Ids sort by time. */
export function withFile(files: readonly FileObject[], file: FileObject): FileObject[] {
  const others = files.filter(({ id }) => id !== file.id);
  return [...others, file].sort((a, b) => (a.id < b.id ? 1 : -1));
}

/** Reads a file of the person from the server; null if that fails. Only for the browser. */
export async function readFile(fileId: string): Promise<FileObject | null> {
  try {
    const response = await fetch(placed(`/api/v1/files/${encodeURIComponent(fileId)}`));
    if (!response.ok) return null;
    const { file } = await response.json() as { file?: FileObject };
    return typeof file?.id === "string" ? file : null;
  } catch {
    return null;
  }
}
