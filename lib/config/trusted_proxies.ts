import { BlockList, isIP } from "node:net";
import { Wrong } from "./values.ts";

/** Proxies in a row that anybody has. */
const mostHops = 16;

/** OP-10: which proxies are believed: a number of them, counted from the server outwards, or all in some networks. */
export class TrustedProxies {
  /** The value as it is set: `0` for none. */
  readonly text: string;
  readonly #hops: number;
  /** Null when only their number counts: every request asks, and each look at a list costs. */
  readonly #networks: BlockList | null;

  private constructor(text: string, hops: number, networks: BlockList | null = null) {
    this.text = text;
    this.#hops = hops;
    this.#networks = networks;
  }

  /** Takes a number, or addresses and networks separated by commas. `no` and `yes` of older versions are 0 and 1. */
  static parse(text: string): TrustedProxies | Wrong {
    const number = text === "no" ? "0" : text === "yes" ? "1" : text;
    if (/^[0-9]{1,2}$/.test(number) && Number(number) <= mostHops) {
      return new TrustedProxies(String(Number(number)), Number(number));
    }
    const parts = number.split(",").map((part) => part.trim()).filter((part) => part !== "");
    const networks = new BlockList();
    for (const part of parts) {
      if (!added(networks, part)) return wrong();
    }
    return parts.length === 0 ? wrong() : new TrustedProxies(parts.join(","), 0, networks);
  }

  /** Whether the sender at `address` is a trusted proxy. `hops`: the number of trusted ones between it and the server. */
  trusts(address: string, hops: number): boolean {
    if (hops < this.#hops) return true;
    if (this.#networks === null) return false;
    const version = isIP(address);
    return version !== 0 && this.#networks.check(address, version === 4 ? "ipv4" : "ipv6");
  }
}

function added(networks: BlockList, part: string): boolean {
  const [address = "", bits, ...more] = part.split("/");
  const version = isIP(address);
  if (version === 0 || address.includes("%") || more.length > 0) return false;
  const most = version === 4 ? 32 : 128;
  if (bits !== undefined && !(/^[0-9]{1,3}$/.test(bits) && Number(bits) <= most)) return false;
  networks.addSubnet(address, bits === undefined ? most : Number(bits), version === 4 ? "ipv4" : "ipv6");
  return true;
}

function wrong(): Wrong {
  return new Wrong(
    `must be a number of proxies from 0 to ${mostHops}, or their networks separated by commas`,
  );
}

/** What to tell of a value of an older version; undefined for one of today. */
export function oldProxyValue(text: string | undefined): string | undefined {
  if (text === "yes") {
    return "BEHEST_TRUST_PROXY=yes still means one proxy. Write 1, or the networks of your proxies.";
  }
  return text === "no" ? "BEHEST_TRUST_PROXY=no still means no proxy. Write 0." : undefined;
}
