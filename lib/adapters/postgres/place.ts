/** Where a PostgreSQL database is, and who asks. The configuration reads it from `BEHEST_KV`. */
export interface PostgresPlace {
  /** `host:port`, IPv6 addresses in brackets. Of several, the one that takes writes is used. */
  hosts: readonly string[];
  database: string;
  user: string;
  password: string | null;
  /** `verified`: the server shows a certificate for its name. `unverified`: the line is encrypted, and who answers is not asked. */
  tls: "verified" | "unverified" | "off";
  /** A PEM file of certificates to trust, in place of the usual ones. */
  caFile: string | null;
  /** The schema that has the tables. */
  schema: string;
}

/** For messages: without the password. */
export function nameOf({ hosts, database, user }: PostgresPlace): string {
  return `postgres://${user}@${hosts.join(",")}/${database}`;
}
