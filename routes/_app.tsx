import { asset } from "fresh/runtime";
import { define } from "../lib/web/define.ts";
import { pageChangeStyle } from "../lib/web/page_changes.ts";
import { isDiscreet, timeFormatOf } from "../lib/web/browser_settings.ts";
import { acceptedLanguage } from "../lib/words/mod.ts";

/** The browser paints nothing before it has read this element: half a page would move when the rest arrives. */
const pageEnd = "page-end";
/** Preact's types do not know the attribute yet. */
const blocking = { blocking: "render" };

export default define.page(function Document({ Component, state, req }) {
  // A request that failed before it was described has no language yet.
  const language = state.language ?? acceptedLanguage(req.headers.get("accept-language"));
  const discreet = isDiscreet(req);
  return (
    <html
      lang={language}
      data-discreet={discreet ? "" : undefined}
      data-times={timeFormatOf(req, language)?.name}
    >
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <meta name="theme-color" content="#f4f1ea" media="(prefers-color-scheme: light)" />
        <meta name="theme-color" content="#15141a" media="(prefers-color-scheme: dark)" />
        <meta name="referrer" content="same-origin" />
        <link rel="icon" href={asset(discreet ? "/neutral.svg" : "/favicon.svg")} type="image/svg+xml" />
        {discreet ? null : (
          <>
            <link rel="apple-touch-icon" href={asset("/icons/apple.png")} />
            <link rel="manifest" href="/manifest.webmanifest" />
          </>
        )}
        <style>{pageChangeStyle}</style>
        <link rel="stylesheet" href={asset("/styles.css")} />
        <link rel="expect" href={`#${pageEnd}`} {...blocking} />
      </head>
      <body>
        <Component />
        <span id={pageEnd} hidden />
      </body>
    </html>
  );
});
