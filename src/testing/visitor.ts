/** What a page answered. */
export interface Visited {
  status: number
  headers: Headers
  text: string
  location: string | null
}

export type Visitor = ReturnType<typeof visitor>

/**
 * Somebody with a browser of the plainest kind: keeps cookies, says where a form comes from, sends back the token of the last page, and
 * follows no redirect by itself. `at` answers the address of the server.
 */
export function visitor(at: () => string) {
  const cookies = new Map<string, string>()
  let formToken = ""

  async function ask(path: string, init: { method?: string; headers?: Record<string, string>; body?: BodyInit } = {}) {
    const headers = new Headers({ Accept: "text/html", "Accept-Language": "en" })
    const kept = [...cookies].map(([name, value]) => `${name}=${value}`).join("; ")
    if (kept) headers.set("Cookie", kept)
    for (const [name, value] of Object.entries(init.headers ?? {})) headers.set(name, value)
    const response = await fetch(at() + path, { ...init, headers, redirect: "manual" })
    const text = await response.text()
    for (const line of response.headers.getSetCookie()) keep(line)
    formToken = /name="_form" value="([^"]*)"/.exec(text)?.[1] ?? formToken
    const visited: Visited = {
      status: response.status,
      headers: response.headers,
      text,
      location: response.headers.get("Location"),
    }
    return visited
  }

  function keep(line: string): void {
    const [pair = "", ...terms] = line.split(";").map((part) => part.trim())
    const [name = "", value = ""] = [pair.slice(0, pair.indexOf("=")), pair.slice(pair.indexOf("=") + 1)]
    if (value === "" || terms.some((term) => /^max-age=0$/i.test(term))) cookies.delete(name)
    else cookies.set(name, value)
  }

  return {
    cookies,
    get formToken() {
      return formToken
    },
    get: (path: string, headers: Record<string, string> = {}) => ask(path, { headers }),
    /** Sends a form as the browser would from a page of this site. */
    post: (path: string, fields: Record<string, string> = {}, headers: Record<string, string> = {}) =>
      ask(path, {
        method: "POST",
        body: new URLSearchParams(formToken ? { _form: formToken, ...fields } : fields),
        headers: { Origin: at(), "Sec-Fetch-Site": "same-origin", ...headers },
      }),
    ask,
  }
}
