/** Why a text is not a value: completes the sentence "BEHEST_X: …". */
export class Wrong {
  readonly problem: string;
  constructor(problem: string) {
    this.problem = problem;
  }
}

/** Whether only this computer can reach a host. An IPv6 address may be in brackets, as in URLs. */
export function isLoopback(host: string): boolean {
  return /^(?:localhost|127(?:\.[0-9]{1,3}){3}|::1|\[::1\])$/.test(host);
}

/** Takes one of some words. */
export function oneOf<const T extends string>(...choices: T[]): (text: string) => T | Wrong {
  return (text) =>
    choices.find((choice) => choice === text) ??
      new Wrong(`must be ${choices.slice(0, -1).join(", ")} or ${choices.at(-1)}`);
}

/** Takes a whole number between two, both included. */
export function whole(least: number, most: number): (text: string) => number | Wrong {
  return (text) => {
    const value = /^[0-9]{1,15}$/.test(text) ? Number(text) : NaN;
    return value >= least && value <= most
      ? value
      : new Wrong(`must be a whole number from ${least} to ${most}`);
  };
}

const unitsMs = { m: 60_000, h: 3_600_000, d: 24 * 3_600_000 };

/** Takes a time like `30m`, `6h` or `7d`, from ten minutes to a year, in ms; `off` is null. */
export function parseInterval(text: string): number | null | Wrong {
  if (text === "off") return null;
  const [, count, unit] = /^([1-9][0-9]{0,3})([mhd])$/.exec(text) ?? [];
  const ms = unit === undefined ? NaN : Number(count) * unitsMs[unit as keyof typeof unitsMs];
  return ms >= 10 * unitsMs.m && ms <= 366 * unitsMs.d
    ? ms
    : new Wrong("must be off, or a time from 10m to 366d, like 6h");
}

/** A time as `parseInterval` takes it. */
export function intervalText(ms: number | null): string {
  if (ms === null) return "off";
  const unit = ms % unitsMs.d === 0 ? "d" : ms % unitsMs.h === 0 ? "h" : "m";
  return `${ms / unitsMs[unit]}${unit}`;
}

/** Takes origins separated by commas. */
export function parseOrigins(text: string): string[] | Wrong {
  const origins: string[] = [];
  for (const part of text.split(",").map((item) => item.trim()).filter((item) => item !== "")) {
    const url = URL.parse(part);
    if (url === null || !/^https?:$/.test(url.protocol)) {
      return new Wrong(`holds ${JSON.stringify(part)}, which is not an http or https origin`);
    }
    if (url.origin !== part) {
      return new Wrong(`holds ${JSON.stringify(part)}; an origin is written ${url.origin}`);
    }
    origins.push(part);
  }
  return origins;
}

/** Takes a path. The permission list of `deno run` is cut at spaces and commas, and the task's shell expands the rest. */
export function parsePath(text: string): string | Wrong {
  return /[\s,*?[\]]/.test(text)
    ? new Wrong("must be a path without white space, commas, brackets, * and ?")
    : text;
}

/** Takes the path of a store, or the address of a KV Connect server. */
export function parseKv(text: string): string | Wrong {
  if (!/^[a-z]+:\/\//i.test(text)) return parsePath(text);
  const url = URL.parse(text);
  if (url === null || !/^https?:$/.test(url.protocol)) {
    return new Wrong("must be a path or an http(s):// address");
  }
  if (url.username !== "" || url.password !== "") {
    return new Wrong("must not hold a user or password; KV Connect takes DENO_KV_ACCESS_TOKEN");
  }
  return text;
}

/** Takes `host:port`, IPv6 addresses in brackets. */
export function parseHostPort(text: string): { host: string; port: number } | Wrong {
  const [, host, port] = /^\[?([A-Za-z0-9.:-]+?)\]?:([0-9]{1,5})$/.exec(text) ?? [];
  const number = Number(port);
  return host === undefined || number < 1 || number > 65_535
    ? new Wrong("must be a host and a port, written host:port")
    : { host, port: number };
}

/** Takes a contact for push services; `off` is null. Push services turn addresses away that cannot be reached, like those of this computer. */
export function parsePush(text: string): string | null | Wrong {
  if (text === "off") return null;
  const mail = /^mailto:[^\s@,<>]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+$/.test(text);
  const url = URL.parse(text);
  const site = url?.protocol === "https:" && url.username === "" && url.hostname.includes(".") &&
    !/[\s,]/.test(text);
  return mail || site ? text : new Wrong("must be off, or a mailto: or https:// address");
}

/** As `parsePushHosts`, for hosts of webhooks: only this computer's may do without TLS. */
export function parseWebhookHosts(text: string): string[] | Wrong {
  const origins = parsePushHosts(text);
  if (origins instanceof Wrong) return origins;
  const open = origins.find((origin) => {
    const { protocol, hostname } = new URL(origin);
    return protocol === "http:" && !isLoopback(hostname);
  });
  return open === undefined
    ? origins
    : new Wrong(`has ${JSON.stringify(open)}; only this computer may do without TLS`);
}

/** Takes the address of one program, with TLS unless it is on this computer. */
export function parseWebhookAddress(text: string): string | Wrong {
  const url = URL.parse(text);
  if (
    url === null || !/^https?:$/.test(url.protocol) || url.username !== "" || url.password !== "" ||
    url.hash !== ""
  ) {
    return new Wrong("must be an https:// address without a name and password");
  }
  return url.protocol === "https:" || isLoopback(url.hostname)
    ? url.href
    : new Wrong("has no TLS; only this computer may do without");
}

/** Takes hosts of push services separated by commas: `host`, `host:port`, or `http://host:port` for one without TLS. Gives origins. */
export function parsePushHosts(text: string): string[] | Wrong {
  const origins: string[] = [];
  for (const part of text.split(",").map((item) => item.trim()).filter((item) => item !== "")) {
    const url = URL.parse(/^https?:\/\//.test(part) ? part : `https://${part}`);
    const isPlain = url !== null && url.pathname === "/" && url.search === "" && url.hash === "" &&
      url.username === "" && url.password === "" && !/[\s*?]/.test(part) && !part.endsWith("/");
    if (!isPlain) {
      return new Wrong(`has ${JSON.stringify(part)}; write a host, or http://host:port without TLS`);
    }
    if (!origins.includes(url.origin)) origins.push(url.origin);
  }
  return origins;
}

/** Takes the address of a service. Credentials have variables of their own, and a query would be lost. */
export function parseServiceUrl(text: string): string | Wrong {
  const url = URL.parse(text);
  if (url === null || !/^https?:$/.test(url.protocol)) return new Wrong("must be an http(s):// address");
  if (url.username !== "" || url.password !== "" || url.search !== "" || url.hash !== "") {
    return new Wrong("must be an address without a user, a password, a query or a fragment");
  }
  return text.replace(/\/+$/, "");
}

/** Takes meanings of banks, `NAME:MEANING` separated by commas (SC-9). */
export function parseBanks(text: string): ReadonlyMap<string, "csam" | "ncii" | "other"> | Wrong {
  const banks = new Map<string, "csam" | "ncii" | "other">();
  for (const part of text.split(",").map((item) => item.trim()).filter((item) => item !== "")) {
    const [, name, word] = /^(.+):([^:]*)$/.exec(part) ?? [];
    const meaning = (["csam", "ncii", "other"] as const).find((known) => known === word);
    if (name === undefined || meaning === undefined) {
      return new Wrong(`has ${JSON.stringify(part)}; write a name, a colon, and csam, ncii or other`);
    }
    if (banks.has(name)) return new Wrong(`names ${JSON.stringify(name)} twice`);
    banks.set(name, meaning);
  }
  return banks;
}

/** Takes the address of an OpenID Connect issuer, as the issuer writes it. Only this computer's may do without TLS. */
export function parseIssuer(text: string): string | Wrong {
  const url = URL.parse(text);
  const isSafe = url?.protocol === "https:" || (url?.protocol === "http:" && isLoopback(url.hostname));
  if (url === null || !isSafe) {
    return new Wrong("must be an https:// address");
  }
  if (
    url.username !== "" || url.password !== "" || url.search !== "" || url.hash !== "" || /[\s,]/.test(text)
  ) {
    return new Wrong("must be an address without a user, a password, a query or a fragment");
  }
  return text;
}

/** Takes hosts separated by commas, each perhaps with a port. */
export function parseHosts(text: string): string[] | Wrong {
  const hosts = text.split(",").map((item) => item.trim()).filter((item) => item !== "");
  const odd = hosts.find((host) => !/^[A-Za-z0-9][A-Za-z0-9.-]*(?::[0-9]{1,5})?$/.test(host));
  return odd === undefined ? hosts : new Wrong(`holds ${JSON.stringify(odd)}, which is not a host`);
}
