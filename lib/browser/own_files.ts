import { type Signal, useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import type { Absence, FileObject } from "../protocol/mod.ts";
import { pageConnection } from "./connection.ts";

interface OwnFiles {
  files: Signal<FileObject[]>;
  /** Puts one in that has just arrived. */
  add(file: FileObject): void;
}

/** A person's files as a page shows them, kept current over its connection while they are checked (FI-4). */
export function useOwnFiles(first: FileObject[]): OwnFiles {
  const files = useSignal(first);
  // What was heard of a file may come before the answer that puts it in.
  const heard = useRef(new Map<string, FileObject>());

  useEffect(() => {
    const client = pageConnection();
    const change = (file: FileObject) => {
      heard.current.set(file.id, file);
      if (files.value.some(({ id }) => id === file.id)) files.value = withFile(files.value, file);
    };
    const offs = [
      client.on("notification", (note) => {
        if (note.method === "file.changed") change(note.params);
      }),
      // While there was no connection nobody told.
      client.on("ready", () => {
        const waiting = files.value.filter(({ state }) => state === "scanning" || state === "held");
        for (const { id } of waiting) void readFile(id).then((file) => file !== null && change(file));
      }),
    ];
    return () => {
      for (const off of offs) off();
    };
  }, []);

  return {
    files,
    add: (file) => files.value = withFile(files.value, heard.current.get(file.id) ?? file),
  };
}

/** Carried files that cannot be had, by id; those of the person's own come and go as their checks end. */
export function useAbsent(
  first: Readonly<Record<string, Absence>>,
): Signal<Readonly<Record<string, Absence>>> {
  const absent = useSignal(first);
  useEffect(() =>
    pageConnection().on("notification", (note) => {
      if (note.method !== "file.changed") return;
      const { id, state } = note.params;
      const { [id]: _, ...others } = absent.value;
      absent.value = state === "clean"
        ? others
        : { ...others, [id]: state === "scanning" ? "scanning" : "unclean" };
    }), []);
  return absent;
}

/** The list with a file put in or replaced, newest first; ids sort by time. */
export function withFile(files: readonly FileObject[], file: FileObject): FileObject[] {
  const others = files.filter(({ id }) => id !== file.id);
  return [...others, file].sort((a, b) => (a.id < b.id ? 1 : -1));
}

/** A file of the person as the server has it; null when it cannot be had. Only for the browser. */
export async function readFile(fileId: string): Promise<FileObject | null> {
  try {
    const response = await fetch(`/api/v1/files/${encodeURIComponent(fileId)}`);
    if (!response.ok) return null;
    const { file } = await response.json() as { file?: FileObject };
    return typeof file?.id === "string" ? file : null;
  } catch {
    return null;
  }
}
