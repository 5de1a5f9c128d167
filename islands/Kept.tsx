import { KeptHistory } from "../components/KeptHistory.tsx";
import { KeptOpen } from "../components/KeptOpen.tsx";

type Props<C extends (props: never) => unknown> = Parameters<C>[0];

/** What this browser kept, for a page without the server (UI-3): what is open, and the last two weeks. In one file for their weight (UI-7). */
export function KeptInbox(props: Props<typeof KeptOpen>) {
  return <KeptOpen {...props} />;
}

export function Kept(props: Props<typeof KeptHistory>) {
  return <KeptHistory {...props} />;
}
