/**
 * Asks for a page of this site. Null when there is none now. Not `fetch`: only this reads markup into a document that runs nothing, where
 * texts may not become code. Only for the browser.
 */
export function fetchPage(url: string): Promise<Document | null> {
  return new Promise((resolve) => {
    const request = new XMLHttpRequest();
    request.open("GET", url);
    request.responseType = "document";
    request.addEventListener("loadend", () => resolve(request.status === 200 ? request.responseXML : null));
    request.send();
  });
}
