import { isLoopback, parsePath, Wrong } from "./values.ts";

/** A PostgreSQL database, as `BEHEST_KV` names it. */
export interface PostgresUrl {
  /** `host:port`, IPv6 addresses in brackets. */
  hosts: string[];
  database: string;
  user: string;
  password: string | null;
  tls: "verified" | "unverified" | "off";
  caFile: string | null;
  schema: string;
}

const modes = { "disable": "off", "require": "unverified", "verify-full": "verified" } as const;
const form =
  /^postgres(?:ql)?:\/\/([^:@/?]+)(?::([^@/?]*))?@((?:[A-Za-z0-9.-]+|\[[0-9A-Fa-f:]+\])(?::[0-9]{1,5})?(?:,(?:[A-Za-z0-9.-]+|\[[0-9A-Fa-f:]+\])(?::[0-9]{1,5})?)*)\/([^/?]+)(?:\?(.*))?$/;

/**
 * Takes `postgres://user:password@host:5432/database`, as libpq writes it, with several hosts too. The certificate is verified
 * unless `sslmode` says otherwise or the database is on this computer.
 */
export function parsePostgres(text: string): PostgresUrl | Wrong {
  const [, user, password, hostList, database, query = ""] = form.exec(text) ?? [];
  if (user === undefined) {
    return new Wrong("must be postgres://user:password@host:port/database, with % for special characters");
  }
  const hosts = hostList!.split(",").map((host) => /:[0-9]+$/.test(host) ? host : `${host}:5432`);
  const options = new URLSearchParams(query);
  const local = hosts.every((host) => isLoopback(host.replace(/:[0-9]+$/, "").replace(/^\[|\]$/g, "")));
  let tls: PostgresUrl["tls"] = local ? "off" : "verified";
  let caFile: string | null = null;
  let schema = "behest";
  for (const [name, value] of options) {
    if (name === "sslmode" && Object.hasOwn(modes, value)) tls = modes[value as keyof typeof modes];
    else if (name === "sslrootcert" && !(parsePath(value) instanceof Wrong) && value !== "") caFile = value;
    else if (name === "schema" && /^[a-z_][a-z0-9_]{0,62}$/.test(value)) schema = value;
    else {
      return new Wrong(
        "takes sslmode=disable, require or verify-full, sslrootcert=FILE and schema=name behind the ?, nothing else",
      );
    }
  }
  if (tls === "verified" && hosts.some((host) => /^\[|^[0-9.]+:[0-9]+$/.test(host))) {
    return new Wrong(
      "needs names of hosts, which TLS verifies; for an address add ?sslmode=require or disable",
    );
  }
  try {
    return {
      hosts,
      database: decodeURIComponent(database!),
      user: decodeURIComponent(user),
      password: password === undefined ? null : decodeURIComponent(password),
      tls,
      caFile,
      schema,
    };
  } catch {
    return new Wrong("has a % that no two hexadecimal digits follow");
  }
}

/** The store's place for people to read, without its password. */
export function kvName(kv: string | PostgresUrl): string {
  if (typeof kv === "string") return withoutPassword(kv);
  const { hosts, database, user } = kv;
  return `postgres://${encodeURIComponent(user)}@${hosts.join(",")}/${encodeURIComponent(database)}`;
}

/** A text that was given for an address, without the password that may be in it. */
export function withoutPassword(text: string): string {
  return text.replace(/^([a-z]+:\/\/[^:@/?]*):.*@/is, "$1:***@")
    // Where libpq takes one too.
    .replaceAll(/([?&][^=&]*(?:password|token|secret)=)[^&]*/gi, "$1***");
}
