import { Head } from "fresh/runtime";
import { useDiscreetTitle } from "./Discreet.tsx";

/** The document's title: the page first, so that tabs can be told apart; in discreet mode nothing of the kind. */
export function Title({ text }: { text: string }) {
  const neutral = useDiscreetTitle();
  return (
    <Head>
      <title>{neutral ?? `${text} · Behest`}</title>
    </Head>
  );
}
