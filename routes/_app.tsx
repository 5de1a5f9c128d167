import { asset } from "fresh/runtime";
import { define } from "../lib/define.ts";
import { acceptedLanguage } from "../lib/words/mod.ts";

export default define.page(function Document({ Component, state, req }) {
  // A request that failed before it was described has no language yet.
  const language = state.language ?? acceptedLanguage(req.headers.get("accept-language"));
  return (
    <html lang={language}>
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <meta name="theme-color" content="#f4f1ea" media="(prefers-color-scheme: light)" />
        <meta name="theme-color" content="#15141a" media="(prefers-color-scheme: dark)" />
        <meta name="referrer" content="same-origin" />
        <link rel="icon" href={asset("/favicon.svg")} type="image/svg+xml" />
        <link rel="stylesheet" href={asset("/styles.css")} />
      </head>
      <body>
        <Component />
      </body>
    </html>
  );
});
