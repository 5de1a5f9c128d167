/** The page where there is more about what an entry names; null for what has none. */
export function subjectPath(subject: string): string | null {
  const [, kind, name] = /^([a-z]+):(.+)$/.exec(subject) ?? [];
  const part = encodeURIComponent(name ?? subject);
  switch (kind) {
    case undefined:
      return /^[a-z0-9][a-z0-9_-]{2,31}$/.test(subject) ? `/admin/users/${part}` : null;
    case "group":
      return `/admin/groups/${part}`;
    case "category":
      return `/admin/categories/${part}`;
    case "file":
      return `/admin/files/${part}`;
    case "incident":
      return `/admin/incidents/${part}`;
    case "report":
      return `/admin/reports/${part}`;
    case "command":
      return `/admin/log?id=${part}`;
    default:
      return null;
  }
}
