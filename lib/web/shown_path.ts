/** AU-5: a path as the log may have it: without the token of a hook, or any other that got into an address. */
export function shownPath(path: string): string {
  return path.replace(/(\/hooks\/)[^/]+/, "$1…").replace(/behest_[^/]*/g, "behest_…");
}
