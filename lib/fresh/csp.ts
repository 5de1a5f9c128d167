import type { Middleware } from "./handlers.ts";
import { NONCE } from "./nonce.ts";

export interface CSPOptions {
  /** Only report what would be blocked. */
  reportOnly?: boolean;
  /** Path that takes the reports. */
  reportTo?: string;
  /** Directives to add; one of the same name replaces the default. */
  csp?: string[];
  /** Allow inline scripts and styles of rendered pages by nonce in place of `'unsafe-inline'`. */
  useNonce?: boolean;
}

const DEFAULTS = [
  "default-src 'self'",
  "script-src 'self' 'unsafe-inline'",
  "style-src 'self' 'unsafe-inline'",
  "font-src 'self'",
  "img-src 'self' data:",
  "media-src 'self' data: blob:",
  "worker-src 'self' blob:",
  "connect-src 'self'",
  "object-src 'none'",
  "base-uri 'self'",
  "form-action 'self'",
  "frame-ancestors 'none'",
  "upgrade-insecure-requests",
];

const TAKES_NONCE = new Set([
  "default-src",
  "script-src",
  "script-src-elem",
  "style-src",
  "style-src-elem",
  "style-src-attr",
]);

function nameOf(directive: string): string {
  return directive.trim().split(/\s+/, 1)[0] ?? "";
}

/**
 * Sets `Content-Security-Policy` on every response. With `useNonce`, answers that were not rendered keep
 * `'unsafe-inline'`: give those a stricter policy in a middleware of your own.
 */
export function csp<State>(options: CSPOptions = {}): Middleware<State> {
  const own = options.csp ?? [];
  const replaced = new Set(own.map(nameOf));
  const directives = [...DEFAULTS.filter((directive) => !replaced.has(nameOf(directive))), ...own];
  if (options.reportTo) {
    directives.push("report-to csp-endpoint", `report-uri ${options.reportTo}`);
  }
  const header = options.reportOnly ? "Content-Security-Policy-Report-Only" : "Content-Security-Policy";

  return async (ctx) => {
    const response = await ctx.next();
    const nonce = options.useNonce ? (response as { [NONCE]?: string })[NONCE] : undefined;
    const policy = nonce === undefined
      ? directives
      : directives.map((directive) =>
        TAKES_NONCE.has(nameOf(directive))
          ? directive.replaceAll("'unsafe-inline'", `'nonce-${nonce}'`)
          : directive
      );
    response.headers.set(header, policy.join("; "));
    if (options.reportTo) {
      response.headers.set("Reporting-Endpoints", `csp-endpoint="${options.reportTo}"`);
    }
    return response;
  };
}
