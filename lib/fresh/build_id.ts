/** Put in by the bundler for the browser; on the server it is set when a build is applied. */
declare const FRESH_BUILD_ID: string | undefined;

let current = typeof FRESH_BUILD_ID === "string" ? FRESH_BUILD_ID : "development";

/** Names the build that is being served; part of every immutable URL. */
export function buildId(): string {
  return current;
}

export function setBuildId(id: string): void {
  current = id;
}
