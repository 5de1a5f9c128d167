import { asset, Head } from "fresh/runtime";

/** Styles of what was sent, and of a command's story, which no other page loads. */
export function SentStyle() {
  return (
    <Head>
      <link rel="stylesheet" href={asset("/sent.css")} key="sent" />
    </Head>
  );
}
