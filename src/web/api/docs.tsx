import type { Context } from "../house.ts"
import type { ApiDocument } from "./description.ts"

/** The document as a page that one can read and search. */
export function docsPage(c: Context, document: ApiDocument): Response | Promise<Response> {
  return c.html(<html lang="en"><body><h1>{document.info.title}</h1></body></html>)
}
