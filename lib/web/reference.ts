/** A document about the API: public, and readable by pages of other origins, such as viewers. */
export function describing(document: object): Response {
  return Response.json(document, {
    headers: { "access-control-allow-origin": "*", "cache-control": "public, max-age=300" },
  });
}
