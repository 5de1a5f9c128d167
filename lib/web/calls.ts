/** Whether a path is for programs: what goes wrong there is told as problem+json, and nothing there is a page. */
export function isCall(pathname: string): boolean {
  return /^\/(api|healthz|readyz|metrics)(\/|$)/.test(pathname);
}
