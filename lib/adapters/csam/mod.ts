/**
 * Asks a matching service for known abuse material.
 * Never takes anything but the service's explicit "no match" for clean, and never logs a secret.
 * Start with `matcher.ts`; each service has a file.
 */
import type { Clock } from "../../platform/mod.ts";
import type { CsamMatcher } from "../../scanning/ports.ts";
import { serviceAddress, type ServiceName } from "./addresses.ts";
import { Arachnid } from "./arachnid.ts";
import type { Banks } from "./banks.ts";
import { Hma } from "./hma.ts";
import { type ClientOptions, HttpClient, type Knock } from "./http_client.ts";
import { ServiceMatcher } from "./matcher.ts";
import { PhotoDna } from "./photodna.ts";
import type { CsamService } from "./service.ts";

export { serviceAddress } from "./addresses.ts";

/** From the configuration, which has checked that the service has its required values. */
export interface CsamSettings {
  service: ServiceName;
  /** Null for the service's default address. */
  url: string | null;
  user: string | null;
  secret: string | null;
  /** What hits mean (SC-9). */
  banks: Banks;
}

export interface CsamNeeds {
  clock: Clock;
  /** For tests, which then leave out `knock`. */
  fetch?: typeof fetch;
}

/** Returns the configured matching service. It connects only to ask something. */
export function openCsam(settings: CsamSettings, needs: CsamNeeds): CsamMatcher {
  const { service, user, secret } = settings;
  const options: ClientOptions = {
    clock: needs.clock,
    base: serviceAddress(settings),
    fetch: needs.fetch ?? fetch,
    knock: needs.fetch === undefined ? knock : () => Promise.resolve(),
    secrets: [user, secret].filter((text) => text !== null),
  };
  return new ServiceMatcher(serviceOf(service, new HttpClient(options), settings, needs.clock), needs.clock);
}

function serviceOf(
  service: ServiceName,
  http: HttpClient,
  { user, secret, banks }: CsamSettings,
  clock: Clock,
): CsamService {
  switch (service) {
    case "arachnid":
      return new Arachnid(http, user ?? "", secret ?? "", banks);
    case "hma":
      return new Hma(http, user === null || secret === null ? null : { user, secret }, banks);
    case "photodna":
      return new PhotoDna(http, secret ?? "", clock, banks);
    default:
      return service satisfies never;
  }
}

const knock: Knock = async (hostname, port, signal) => {
  const connection = await Deno.connect({ hostname, port, signal });
  connection.close();
};
