/** The box of an upload, `UploadPanel`. */
const boxSelector = ".drop";

/**
 * Keeps a dropped file from replacing the page. Where the page shows one upload, the whole page is its box, also for pasted
 * pictures. Only for the browser.
 * Returns how to stop.
 */
export function guardDrops(): () => void {
  const onDrag = (event: DragEvent) => {
    const { target, dataTransfer } = event;
    if (!dataTransfer?.types.includes("Files") || event.defaultPrevented) return;
    if (target instanceof HTMLInputElement && target.type === "file") return;
    event.preventDefault();
    const box = onlyBox();
    if (box === null) dataTransfer.dropEffect = "none";
    else box.dispatchEvent(new DragEvent(event.type, { dataTransfer, cancelable: true }));
  };
  const onPaste = ({ clipboardData }: ClipboardEvent) => {
    // Text that was copied may have its picture with it.
    if (!clipboardData?.files.length || clipboardData.types.includes("text/plain")) return;
    onlyBox()?.dispatchEvent(new DragEvent("drop", { dataTransfer: clipboardData }));
  };
  const onLeave = (event: DragEvent) => {
    if (event.relatedTarget === null) onlyBox()?.dispatchEvent(new DragEvent("dragleave"));
  };
  document.addEventListener("dragover", onDrag);
  document.addEventListener("drop", onDrag);
  document.addEventListener("dragleave", onLeave);
  document.addEventListener("paste", onPaste);
  return () => {
    document.removeEventListener("dragover", onDrag);
    document.removeEventListener("drop", onDrag);
    document.removeEventListener("dragleave", onLeave);
    document.removeEventListener("paste", onPaste);
  };
}

/** The page's only upload in sight; null if there is none, or several. */
function onlyBox(): Element | null {
  const boxes = [...document.querySelectorAll(boxSelector)].filter((box) => box.checkVisibility());
  return boxes.length === 1 ? boxes[0]! : null;
}
