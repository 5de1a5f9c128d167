/**
 * Describes the API for programs: OpenAPI for REST, AsyncAPI for the socket, from the schemas that validate (OP-5).
 * Never checks a request, and never says what the schemas do not.
 * Start with `operations.ts` (REST calls) and `meanings.ts` (the socket's methods), then `openapi.ts` and `asyncapi.ts`.
 */
export { asyncApi } from "./asyncapi.ts";
export { documents, firstRequests } from "./example.ts";
export { methodMeanings, notificationMeanings } from "./meanings.ts";
export { limitRows } from "./contract_limits.ts";
export { type RuleSection, ruleSections } from "./rules.ts";
export { described, fieldMeaning, unusedMeanings } from "./described.ts";
export { type TryCall, tryCall } from "./try_calls.ts";
export { namedTypes, typeText } from "./type_text.ts";
export { type Reference, referenceFor } from "./reference.ts";
export { openApi } from "./openapi.ts";
export type { Operation } from "./operation.ts";
export { operations } from "./operations.ts";
