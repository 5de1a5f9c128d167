/**
 * The head of every page, and what lies over it: what was typed and not sent, the keys' sheet, the question before what cannot be undone, the toast, the palette. One file, as each
 * island's file costs a page some 150 bytes of its script (UI-7).
 */
import { BarHead } from "../components/BarHead.tsx";
import { ConfirmSheet } from "../components/ConfirmSheet.tsx";
import { DraftsLine } from "../components/DraftsLine.tsx";
import { KeysSheet } from "../components/KeysSheet.tsx";
import { PaletteSheet } from "../components/PaletteSheet.tsx";
import { ToastLine } from "../components/ToastLine.tsx";

type Props<C extends (props: never) => unknown> = Parameters<C>[0];

export function Bar(props: Props<typeof BarHead>) {
  return <BarHead {...props} />;
}

export function Keys(props: Props<typeof KeysSheet>) {
  return <KeysSheet {...props} />;
}

export function Confirm(props: Props<typeof ConfirmSheet>) {
  return <ConfirmSheet {...props} />;
}

export function Drafts(props: Props<typeof DraftsLine>) {
  return <DraftsLine {...props} />;
}

export function Toast() {
  return <ToastLine />;
}

export function Palette(props: Props<typeof PaletteSheet>) {
  return <PaletteSheet {...props} />;
}
