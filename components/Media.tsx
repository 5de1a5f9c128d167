import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { placed } from "../lib/browser/base_path.ts";
import type { Absence } from "../lib/protocol/mod.ts";
import { absenceText, contentPath, shownAs } from "../lib/text/files.ts";
import { FileFacts } from "./FileFacts.tsx";
import { useWords } from "./words.tsx";

export interface MediaFile {
  fileId: string;
  name: string;
  size: number;
  type: string;
}

/** Why something that should be seen is not: as the server says, or because this browser does not know the format. */
type Trouble = Absence | "unreached" | "unshowable";

/** A clean file: pictures, sound and video in place, the rest to download. Nothing plays or opens by itself (CM-2). */
export function Media({ file }: { file: MediaFile }) {
  const trouble = useSignal<Trouble | null>(null);
  const kind = shownAs(file.type);
  const path = contentPath(file.fileId, file.name);
  const { value: why } = trouble;
  if (kind === null || why === "unshowable") return <Download file={file} />;
  if (why !== null) return <AbsentFile file={file} absence={why} />;
  // Without the event it may only not have been loaded yet: browsers differ in what they say of lazy pictures.
  const ask = async (failed: boolean) => {
    const why = await whyNot(path);
    if (failed || why !== "unshowable") trouble.value = why;
  };
  const failed = () => void ask(true);
  return (
    <figure class="media">
      {kind === "image"
        ? <Picture id={`light-${file.fileId}`} path={path} name={file.name} ask={ask} />
        : kind === "video"
        ? <video controls preload="metadata" src={path} aria-label={file.name} onError={failed} />
        : <audio controls preload="none" src={path} aria-label={file.name} onError={failed} />}
      <figcaption>
        <Download file={file} />
      </figcaption>
    </figure>
  );
}

interface PictureProps {
  /** Of the file: where it is twice on a page, either shows the same. */
  id: string;
  path: string;
  name: string;
  /** Asks why it does not show: it did not load, or it may have failed before there was anybody to hear it. */
  ask: (failed: boolean) => Promise<void>;
}

/** Small in its place. Pressed, it is as large as the window, below the bar: Stop stays in reach, and no script is needed. */
function Picture({ id, path, name, ask }: PictureProps) {
  const image = useRef<HTMLImageElement>(null);
  useEffect(() => {
    if (image.current?.complete === true && image.current.naturalWidth === 0) void ask(false);
  }, []);
  // The address is the file's own: Fresh would tie it to the build.
  const shown = { src: path, alt: name, loading: "lazy", "data-fresh-disable-lock": "true" } as const;
  return (
    <>
      <button type="button" class="thumb" popovertarget={id}>
        <img {...shown} ref={image} onError={() => void ask(true)} />
      </button>
      <div class="lightbox" id={id} popover="auto">
        <button type="button" popovertarget={id} aria-label={useWords("file").close}>
          <img {...shown} />
        </button>
      </div>
    </>
  );
}

export function Download({ file }: { file: MediaFile }) {
  return (
    <span class="file-line">
      <a href={contentPath(file.fileId, file.name)} download={file.name}>
        <bdi>{file.name}</bdi>
      </a>
      <FileFacts {...file} />
    </span>
  );
}

/** A file that cannot be had, with the reason in words. */
export function AbsentFile({ file, absence }: { file: MediaFile; absence: Absence | "unreached" }) {
  return (
    <span class="file-line">
      <bdi>{file.name}</bdi>
      <FileFacts {...file} />
      <span class="small">{absenceText(useWords("file"), absence)}</span>
    </span>
  );
}

/** Asks the server why something did not load: an element's error does not tell. Only for the browser. */
async function whyNot(path: string): Promise<Trouble> {
  try {
    const { ok, status } = await fetch(placed(path), { method: "HEAD" });
    if (ok) return "unshowable";
    return status === 404 ? "gone" : status === 409 ? "unclean" : "unreached";
  } catch {
    return "unreached";
  }
}
