import type { Refusal } from "../protocol/mod.ts";

/** Who somebody is for an issuer. Names and addresses of people can move to others there, so none is kept (AU-12). */
export interface Identity {
  /** The issuer's own id of the person; never changes, and is nobody else's. */
  readonly sub: string;
  /** What the person is called there now: shown to them before they link it, and kept nowhere. */
  readonly shown: string;
}

/** What a way to the issuer and back is for. `code`: only the account's own second factor is missing. */
export type FlowPurpose = "login" | "link" | "prove" | "confirm" | "code";

/** One way to the issuer and back, valid once and for the browser that began it. */
export interface FlowRecord {
  readonly purpose: FlowPurpose;
  /** SHA-256 of what only that browser has. */
  readonly browser: string;
  /** Who began it while logged in, or who lacks a code; null for a login. */
  readonly userId: string | null;
  readonly sessionId: string | null;
  readonly next: string;
  /** For the issuer's answer alone. */
  readonly nonce: string;
  readonly verifier: string;
  readonly redirectUri: string;
  /** Who the issuer says it is; null before the way back. */
  readonly identity: Identity | null;
  /** Milliseconds since 1970. */
  readonly expiresAt: number;
}

export interface LinkRecord {
  readonly issuer: string;
  readonly sub: string;
  /** Milliseconds since 1970. */
  readonly linkedAt: number;
}

export interface FederationStore {
  /** The link of an account; null without one. */
  linkOf(userId: string): Promise<LinkRecord | null>;
  /** The account that is linked with this person of the issuer. */
  ownerOf(issuer: string, sub: string): Promise<string | null>;
  /** `taken`: that person or the account has a link already. `gone`: the account is no more. */
  link(userId: string, link: LinkRecord): Promise<"linked" | "taken" | "gone">;
  unlink(userId: string): Promise<boolean>;
  /** `hash`: of the state that the issuer gives back. */
  addFlow(hash: string, flow: FlowRecord): Promise<void>;
  flow(hash: string): Promise<FlowRecord | null>;
  /** Returns the flow and deletes it: only one caller gets it. */
  takeFlow(hash: string): Promise<FlowRecord | null>;
}

/** What a way to the issuer needs. */
export interface WayThere {
  redirectUri: string;
  state: string;
  nonce: string;
  verifier: string;
  /** The person has to log in there again, now. */
  again: boolean;
}

/** An OpenID Connect issuer (AU-12). `unavailable`: it cannot be reached, or is not what it says. */
export interface Issuer {
  /** As configured, and as its own documents write it. */
  readonly issuer: string;
  /** Where the browser goes. */
  addressFor(way: WayThere): Promise<string | Refusal>;
  /** Checks the issuer's answer: state, nonce, code, signature, audience, times. `unauthorized` for every wrong one. */
  identity(answer: URL, way: WayThere): Promise<Identity | Refusal>;
}
