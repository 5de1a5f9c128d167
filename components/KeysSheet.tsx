import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { placed } from "../lib/browser/base_path.ts";
import { cardsToMove, isTyped, openCard } from "../lib/browser/key_moves.ts";
import { pressBeside } from "../lib/browser/sheet.ts";

interface KeysProps {
  /** Whether keys without Ctrl do something. */
  single: boolean;
  title: string;
  close: string;
  /** What the sheet shows. */
  children: ComponentChildren;
}

/** Where `g` and a letter lead. */
const places: Readonly<Record<string, string>> = { i: "/", s: "/send", h: "/history" };

/** How long after `g` its letter counts. */
const togetherMs = 1500;

/** The keys without Ctrl, and the sheet that lists them. */
export function KeysSheet({ single, title, close, children }: KeysProps) {
  const sheet = useRef<HTMLDialogElement>(null);

  useEffect(() => {
    if (!single) return;
    let goAt = -Infinity;
    const onKey = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || isTyped(event)) return;
      const going = event.timeStamp - goAt < togetherMs;
      goAt = -Infinity;
      const place = going ? places[event.key] : undefined;
      if (place !== undefined) {
        location.assign(placed(place));
        return;
      }
      switch (event.key) {
        case "?":
          event.preventDefault();
          sheet.current?.showModal();
          break;
        case "g":
          goAt = event.timeStamp;
          break;
        case "j":
        case "k":
          cardsToMove(event.key === "j" ? 1 : -1)?.focus();
          break;
        case "Enter":
          if (openCard(event.target)) event.preventDefault();
          break;
      }
    };
    addEventListener("keydown", onKey);
    return () => removeEventListener("keydown", onKey);
  }, [single]);

  return (
    <dialog class="sheet" ref={sheet} aria-labelledby="keys-sheet" onClick={pressBeside}>
      <h2 id="keys-sheet">{title}</h2>
      {children}
      <form method="dialog">
        <button type="submit" class="button">{close}</button>
      </form>
    </dialog>
  );
}
