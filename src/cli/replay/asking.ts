/** What a running process answered. `code` is a refusal's own; "" where it granted what was asked. */
export interface Answered {
  status: number
  code: string
  body: unknown
}

export type Asking = ReturnType<typeof openAsking>

/** How often a process that is too busy for the moment is asked again. */
const triesMax = 5

/**
 * Asks a running process through its public interface, as any other program does. Throws a sentence where nobody answers there, or where
 * the answer is none of the codes that the caller is ready for.
 */
export function openAsking(address: string) {
  const origin = originOf(address)

  async function fetchFrom(path: string, request: RequestInit): Promise<Response> {
    try {
      return await fetch(origin + path, { redirect: "manual", ...request })
    } catch {
      throw new RangeError(`nobody answers at ${origin}; start it there first, or say another --url`)
    }
  }

  async function ask(token: string | null, method: string, path: string, body?: unknown): Promise<Answered> {
    const headers = new Headers({ Accept: "application/json" })
    if (token !== null) headers.set("Authorization", `Bearer ${token}`)
    if (body !== undefined) headers.set("Content-Type", "application/json")
    for (let tries = 1; ; tries++) {
      const response = await fetchFrom(`/api/v1${path}`, { method, headers, body: JSON.stringify(body) })
      const text = await response.text()
      if ((response.status === 503 || response.status === 429) && tries < triesMax) {
        await Bun.sleep(Number(response.headers.get("Retry-After") ?? 1) * 1000)
        continue
      }
      const isJson = /json/.test(response.headers.get("Content-Type") ?? "")
      if (!isJson && text !== "") throw new RangeError(`what answers at ${origin} is not Dawr`)
      const read: unknown = isJson ? JSON.parse(text) : null
      return { status: response.status, code: response.ok ? "" : codeOf(read), body: read }
    }
  }

  return {
    origin,
    /** Asks and answers, whatever it is. */
    ask,
    /** What is granted, or `null` for a refusal with one of `ready`. Any other "no" is thrown as a sentence. */
    async granted<T>(
      token: string | null,
      method: string,
      path: string,
      { body, ready = [] }: { body?: unknown; ready?: readonly string[] } = {},
    ): Promise<T | null> {
      const answered = await ask(token, method, path, body)
      if (answered.code === "") return answered.body as T
      if (ready.includes(answered.code)) return null
      throw saidNo(method, path, answered)
    },
    /** Every page of a list. */
    async all<T>(token: string | null, path: string): Promise<T[]> {
      const items: T[] = []
      let cursor: string | null = null
      do {
        const query: string =
          cursor === null ? "" : `${path.includes("?") ? "&" : "?"}cursor=${encodeURIComponent(cursor)}`
        const answered = await ask(token, "GET", path + query)
        if (answered.code !== "") throw saidNo("GET", path, answered)
        const page = answered.body as { items: T[]; next: string | null }
        items.push(...page.items)
        cursor = page.next
      } while (cursor !== null)
      return items
    },
    /** What the office's clock reads, epoch milliseconds: every page says it to its scripts. */
    async clock(): Promise<number> {
      const response = await fetchFrom("/", { headers: { Accept: "text/html" } })
      const found = /<html[^>]* data-now="(\d+)"/.exec(await response.text())
      if (!found) throw new RangeError(`what answers at ${origin} is not Dawr`)
      return Number(found[1])
    },
  }
}

export function saidNo(method: string, path: string, { status, code }: Answered): RangeError {
  if (status === 401) return new RangeError("the keys in --demo are not those of the process at --url")
  return new RangeError(`${method} ${path} was refused: ${status} ${code}`)
}

function codeOf(body: unknown): string {
  return typeof body === "object" && body !== null && "code" in body ? String(body.code) : "unknown"
}

function originOf(address: string): string {
  const url = URL.canParse(address) ? new URL(address) : null
  if (!url || !/^https?:$/.test(url.protocol)) {
    throw new RangeError(`--url is the address of a running process, e.g. http://localhost:3000 (got ${address})`)
  }
  return url.origin
}
