/** Where a rendered page's response carries its nonce, out of reach of clients. */
export const NONCE: unique symbol = Symbol.for("__freshNonce");
