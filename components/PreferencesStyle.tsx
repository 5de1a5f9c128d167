import { asset, Head } from "fresh/runtime";

/** Styles of the preferences and the week of quiet hours, which no other page loads. */
export function PreferencesStyle() {
  return (
    <Head>
      <link rel="stylesheet" href={asset("/preferences.css")} key="preferences" />
    </Head>
  );
}
