import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { Icon, type IconName } from "./Icon.tsx";
import { placed } from "../lib/browser/base_path.ts";
import { pageConnection } from "../lib/browser/connection.ts";
import { matching, paletteEvent, type PaletteItem as Item } from "../lib/browser/palette.ts";
import { fold } from "../lib/protocol/fold.ts";

type PaletteItem = Item<IconName>;

interface PaletteProps {
  /** The pages that the person has. */
  places: readonly { path: string; name: string; icon: IconName }[];
  field: string;
  none: string;
}

/**
 * Ctrl+K: goes to a page, a person or a command by its name. A popover and not a dialog: it is not modal, so Stop stays in reach
 * (UI-4), and the browser closes it and gives the focus back.
 */
export function PaletteSheet({ places, field, none }: PaletteProps) {
  const sheet = useRef<HTMLDivElement>(null);
  const input = useRef<HTMLInputElement>(null);
  const typed = useSignal("");
  const at = useSignal(0);
  /** Null until the first look: every page would carry the list otherwise. */
  const found = useSignal<readonly PaletteItem[] | null>(null);

  useEffect(() => {
    const open = () => {
      if (sheet.current?.matches(":popover-open") !== false) return;
      found.value ??= [];
      typed.value = "";
      at.value = 0;
      sheet.current.showPopover();
      input.current?.focus();
      // Nothing of them while there is no server.
      peopleAndCommands().then((items) => found.value = items, () => {});
    };
    const onKey = (event: KeyboardEvent) => {
      if (
        event.key.toLowerCase() !== "k" || !(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey
      ) return;
      event.preventDefault();
      open();
    };
    addEventListener(paletteEvent, open);
    addEventListener("keydown", onKey);
    return () => {
      removeEventListener(paletteEvent, open);
      removeEventListener("keydown", onKey);
    };
  }, []);

  const items = found.value && [...found.value, ...places];
  const shown = matching<PaletteItem>(items ?? [], fold(typed.value), fold);
  const count = shown.length;
  const here = Math.min(at.value, count - 1);
  const go = (item: PaletteItem | undefined) => {
    if (item !== undefined) location.assign(placed(item.path));
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? count - 1 : 0;
    if (step > 0) at.value = (here + step) % count;
    else if (event.key === "Enter") go(shown[here]);
    else return;
    event.preventDefault();
    document.getElementById(`palette-${at.value}`)?.scrollIntoView({ block: "nearest" });
  };

  return (
    <div class="palette" popover="auto" ref={sheet} role="dialog" aria-label={field}>
      <div class="palette-field">
        <Icon name="search" />
        <input
          ref={input}
          role="combobox"
          aria-label={field}
          aria-expanded={count > 0}
          aria-controls="palette"
          aria-activedescendant={`palette-${here}`}
          autocomplete="off"
          spellcheck={false}
          placeholder={field}
          value={typed.value}
          onInput={(event) => {
            typed.value = event.currentTarget.value;
            at.value = 0;
          }}
          onKeyDown={onKeyDown}
        />
      </div>
      <div class="palette-list" id="palette" role="listbox" aria-label={field}>
        {shown.map((item, index) => (
          <div
            key={item.path}
            id={`palette-${index}`}
            role="option"
            aria-selected={index === here}
            onClick={() => go(item)}
          >
            <Icon name={item.icon} size="s" />
            <span dir="auto">{item.name}</span>
            <span class="said" dir="auto">{item.said}</span>
          </div>
        ))}
      </div>
      <p class="palette-none" role="status">{items && count === 0 && none}</p>
    </div>
  );
}

/** The person's open commands and contacts. */
async function peopleAndCommands(): Promise<PaletteItem[]> {
  const connection = pageConnection();
  const [{ items }, { contacts }] = await Promise.all([
    connection.request("inbox.list", { open: true }),
    connection.request("contact.list", {}),
  ]);
  return [
    ...items.map(({ command }): PaletteItem => ({
      path: `/history/${command.id}`,
      // A sealed one has none.
      name: ("title" in command ? command.title : null) ?? "",
      icon: "task",
      said: command.from.displayName,
    })).filter(({ name }) => name !== ""),
    ...contacts.map(({ username, displayName }): PaletteItem => ({
      path: `/send?to=${username}`,
      name: displayName,
      icon: "user",
      said: `@${username}`,
    })),
  ];
}
