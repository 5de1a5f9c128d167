import { fill } from "../lib/words/shape.ts";
import { useWords } from "./words.tsx";

/** Asks once which time zone is meant, where the browser is in another one than the account. */
export function ZonePrompt({ account, browser }: { account: string; browser: string }) {
  const words = useWords("week");
  const names = { account: cityOf(account), browser: cityOf(browser) };
  return (
    <form class="notice notice-warn zone-prompt" method="post" action="/preferences/zone">
      <p>
        <strong>{fill(words.zone, names)}</strong> {words.zoneWhy}
      </p>
      <div class="row">
        <input type="hidden" name="zone" value={browser} />
        <button type="submit" class="button" name="action" value="use">
          {fill(words.useZone, { zone: names.browser })}
        </button>
        <button type="submit" class="button button-quiet" name="action" value="keep">
          {fill(words.keepZone, { zone: names.account })}
        </button>
      </div>
    </form>
  );
}

/** The city of an IANA name. */
export function cityOf(zone: string): string {
  return zone.split("/").at(-1)!.replaceAll("_", " ");
}
