export type ServiceName = "arachnid" | "hma" | "photodna";

/** Default addresses of the services. The operator runs the third one and always configures its address. */
const own: Readonly<Record<ServiceName, string>> = {
  arachnid: "https://shield.projectarachnid.com",
  photodna: "https://api.microsoftmoderator.com",
  hma: "http://127.0.0.1:5000",
};

/** Returns the address of a service, without a slash at the end. */
export function serviceAddress({ service, url }: { service: ServiceName; url: string | null }): string {
  return (url ?? own[service]).replace(/\/+$/, "");
}
