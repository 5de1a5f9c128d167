import { asset } from "fresh/runtime";
import { define } from "../lib/web/define.ts";
import { pageChangeStyle } from "../lib/web/page_changes.ts";
import { chosenLanguage, isDiscreet, themeOf, timeFormatOf } from "../lib/web/browser_settings.ts";
import { sheets } from "../lib/web/sheets.ts";
import { acceptedLanguage } from "../lib/words/mod.ts";

/** The browser paints nothing before it has read this element: half a page would move when the rest arrives. */
const pageEnd = "page-end";
/** `--paper` of `static/styles.css`. */
const papers = { light: "#f4f1ea", dark: "#16151b" } as const;
/** Preact's types do not know the attribute yet. */
const blocking = { blocking: "render" };

export default define.page(function Document({ Component, state, req }) {
  // A request that failed before it was described has no language yet.
  const language = state.language ?? chosenLanguage(req) ??
    acceptedLanguage(req.headers.get("accept-language"));
  const discreet = isDiscreet(req);
  const theme = themeOf(req);
  return (
    <html
      lang={language}
      data-base={state.services?.config.basePath || undefined}
      data-discreet={discreet ? "" : undefined}
      data-theme={theme ?? undefined}
      data-times={timeFormatOf(req, language)?.name}
    >
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content={theme ?? "light dark"} />
        {theme === null
          ? (
            <>
              <meta name="theme-color" content={papers.light} media="(prefers-color-scheme: light)" />
              <meta name="theme-color" content={papers.dark} media="(prefers-color-scheme: dark)" />
            </>
          )
          : <meta name="theme-color" content={papers[theme]} />}
        <meta name="referrer" content="same-origin" />
        <link rel="icon" href={asset(discreet ? "/neutral.svg" : "/favicon.svg")} type="image/svg+xml" />
        {discreet ? null : (
          <>
            <link rel="apple-touch-icon" href={asset("/icons/apple.png")} />
            <link rel="manifest" href="/manifest.webmanifest" />
          </>
        )}
        <style>{pageChangeStyle}</style>
        {sheets.map((sheet) => <link key={sheet} rel="stylesheet" href={asset(sheet)} />)}
        <link rel="expect" href={`#${pageEnd}`} {...blocking} />
      </head>
      <body>
        <Component />
        <span id={pageEnd} hidden />
      </body>
    </html>
  );
});
