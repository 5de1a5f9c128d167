export type ServiceName = "arachnid" | "hma" | "photodna";

/** The services' own addresses; the third is run by whoever uses it, and always configured. */
const own: Readonly<Record<ServiceName, string>> = {
  arachnid: "https://shield.projectarachnid.com",
  photodna: "https://api.microsoftmoderator.com",
  hma: "http://127.0.0.1:5000",
};

/** Where a service is asked, without a slash at the end. */
export function serviceAddress({ service, url }: { service: ServiceName; url: string | null }): string {
  return (url ?? own[service]).replace(/\/+$/, "");
}
