import { asset, Head } from "fresh/runtime";

/** The chat's own styles, which no other page loads. */
export function ChatStyle() {
  return (
    <Head>
      <link rel="stylesheet" href={asset("/chat.css")} key="chat" />
    </Head>
  );
}
