/**
 * Asks an OpenID Connect issuer who somebody is (AU-12).
 * Never decides what that opens here.
 * Start with `issuer.ts`.
 */
export { OidcIssuer } from "./issuer.ts";
