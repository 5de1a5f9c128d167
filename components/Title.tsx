import { Head } from "fresh/runtime";

/** The document's title: the page first, so that tabs can be told apart. */
export function Title({ text }: { text: string }) {
  return (
    <Head>
      <title>{`${text} · Behest`}</title>
    </Head>
  );
}
