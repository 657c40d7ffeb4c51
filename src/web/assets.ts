import { lstatSync, readdirSync, readFileSync } from "node:fs"
import { extname, join, posix } from "node:path"
import type { Look } from "./house.ts"
import { themeCss } from "./look.ts"

export interface Assets {
  /**
   * The address of a file under `public/` (`css/board.css`, `icons/mark.svg`), of the bundle of a module under `src/client/pages/`
   * (`board.js`), or of `theme.css`. It changes with the content and may be kept for ever. Throws where there is no such file.
   */
  url(name: string): string
  /** Answers `/assets/…`, `/theme.css` and `/favicon.ico`. */
  serve(request: Request): Response
}

export interface AssetsOptions {
  look: Look
  /** Where `public/` and `src/client/pages/` are. The project's own root unless a test says otherwise. */
  root?: string
}

interface Asset {
  path: string
  bytes: Uint8Array<ArrayBuffer>
  /** Where that makes it smaller. */
  gzipped: Uint8Array<ArrayBuffer> | null
  type: string
  hash: string
  /** The content's hash is part of the path itself. */
  isNamedByHash: boolean
}

/** Everything that pages are made of beside themselves: read, bundled and hashed once, and served from memory. */
export async function openAssets({ look, root = join(import.meta.dir, "..", "..") }: AssetsOptions): Promise<Assets> {
  const byName = new Map<string, Asset>()
  for (const { name, bytes } of publicFiles(join(root, "public"))) byName.set(name, asset(`/assets/${name}`, bytes))
  for (const name of byName.keys()) if (name.endsWith(".css")) pinReferences(byName, name)
  for (const { name, path, bytes } of await bundles(join(root, "src", "client", "pages"))) {
    byName.set(name, asset(`/assets/${path}`, bytes, true))
  }
  byName.set("theme.css", asset("/theme.css", new TextEncoder().encode(themeCss(look))))

  const byPath = new Map([...byName.values()].map((found) => [found.path, found]))
  const icon = byName.get("favicon.ico")
  if (icon) byPath.set("/favicon.ico", icon)

  return {
    url(name) {
      const found = byName.get(name)
      if (!found) throw new Error(`there is no asset ${name}`)
      return address(found)
    },
    serve: (request) => serve(byPath, request),
  }
}

function address({ path, hash, isNamedByHash }: Asset): string {
  return isNamedByHash ? path : `${path}?v=${hash}`
}

/** What is asked for is looked up among what was read at the start and never on the disk, so that no path leads anywhere else. */
function serve(byPath: Map<string, Asset>, request: Request): Response {
  if (request.method !== "GET" && request.method !== "HEAD") {
    return new Response(null, { status: 405, headers: { Allow: "GET, HEAD" } })
  }
  const [, path = "", query = ""] = /^[a-z]+:\/\/[^/]*(\/[^?#]*)(?:\?([^#]*))?/i.exec(request.url) ?? []
  const found = byPath.get(path)
  if (!found) {
    const headers = { "Content-Type": "text/plain; charset=utf-8", "Cache-Control": "no-store", ...always }
    return new Response("Not found\n", { status: 404, headers })
  }
  const isExact = found.isNamedByHash || query === `v=${found.hash}`
  const zipped =
    found.gzipped && /\bgzip\b(?!\s*;\s*q=0(?:\.0*)?\s*(?:,|$))/i.test(request.headers.get("accept-encoding") ?? "")
  // The two forms differ in their bytes, and a strong tag stands for bytes (RFC 9110 §8.8.1).
  const etag = `"${found.hash}${zipped ? "-gzip" : ""}"`
  const headers = new Headers({
    ...always,
    "Cache-Control": isExact ? "public, max-age=31536000, immutable" : "no-cache",
    ETag: etag,
    ...(found.gzipped ? { Vary: "Accept-Encoding" } : {}),
  })
  if (
    request.headers
      .get("if-none-match")
      ?.split(",")
      .some((tag) => tag.trim().replace(/^W\//, "") === etag)
  ) {
    return new Response(null, { status: 304, headers })
  }
  const body = zipped ? found.gzipped : found.bytes
  headers.set("Content-Type", found.type)
  headers.set("Content-Length", String(body?.byteLength ?? 0))
  if (zipped) headers.set("Content-Encoding", "gzip")
  return new Response(request.method === "HEAD" ? null : body, { headers })
}

const always = { "X-Content-Type-Options": "nosniff", "Cross-Origin-Resource-Policy": "same-origin" }

function* publicFiles(root: string, under = ""): Generator<{ name: string; bytes: Uint8Array<ArrayBuffer> }> {
  for (const entry of list(join(root, under))) {
    const name = posix.join(under, entry)
    const status = lstatSync(join(root, name))
    // A link could lead out of the folder, and a dot file is somebody's own.
    if (entry.startsWith(".") || status.isSymbolicLink()) continue
    if (status.isDirectory()) yield* publicFiles(root, name)
    else yield { name, bytes: new Uint8Array(readFileSync(join(root, name))) }
  }
}

function list(folder: string): string[] {
  try {
    return readdirSync(folder).sort()
  } catch {
    return []
  }
}

/**
 * Gives the files that a stylesheet names their exact address, so that a font or an imported sheet is kept for ever and still changes
 * with the sheet. A sheet that is imported comes first, because its own address depends on what it names.
 */
function pinReferences(byName: Map<string, Asset>, name: string, done = new Set<string>()): void {
  const sheet = byName.get(name)
  if (!sheet || done.has(name)) return
  done.add(name)
  const text = new TextDecoder().decode(sheet.bytes)
  const pinned = text.replace(reference, (whole, before: string, target: string, after: string) => {
    const named = posix.join(posix.dirname(name), target)
    if (named.endsWith(".css")) pinReferences(byName, named, done)
    const found = byName.get(named)
    return found ? `${before}${target}?v=${found.hash}${after}` : whole
  })
  if (pinned !== text) byName.set(name, asset(sheet.path, new TextEncoder().encode(pinned)))
}

/** `url(…)` and `@import "…"` of a relative path without a query. */
const reference = /(url\(\s*["']?|@import\s+["'])(?![a-z]+:|\/|#)([^"')?#\s]+)(["')])/g

/**
 * Bundles every module under `src/client/pages/`. What several of them use becomes a file of its own, so that a page may carry two
 * modules and still has one live wire.
 */
async function bundles(folder: string): Promise<{ name: string; path: string; bytes: Uint8Array<ArrayBuffer> }[]> {
  const entrypoints = list(folder).filter((name) => /(?<!\.test)\.ts$/.test(name))
  if (entrypoints.length === 0) return []
  const built = await Bun.build({
    entrypoints: entrypoints.map((name) => join(folder, name)),
    target: "browser",
    format: "esm",
    splitting: true,
    minify: true,
    naming: { entry: "[name]-[hash].[ext]", chunk: "shared-[hash].[ext]" },
    throw: false,
  })
  if (!built.success) throw new Error(`the pages' modules do not build:\n${built.logs.join("\n")}`)
  return Promise.all(
    built.outputs.map(async (output) => {
      const path = posix.basename(output.path)
      const name = output.kind === "entry-point" ? path.replace(/-[a-z0-9]+(\.[a-z]+)$/, "$1") : path
      return { name, path, bytes: new Uint8Array(await output.arrayBuffer()) }
    }),
  )
}

function asset(path: string, bytes: Uint8Array<ArrayBuffer>, isNamedByHash = false): Asset {
  const type = types[extname(path).toLowerCase()] ?? "application/octet-stream"
  const gzipped = /^text|json|svg|javascript/.test(type) ? new Uint8Array(Bun.gzipSync(bytes)) : null
  return {
    path,
    bytes,
    gzipped: gzipped && gzipped.byteLength < bytes.byteLength ? gzipped : null,
    type,
    hash: new Bun.CryptoHasher("sha256").update(bytes).digest("base64url").slice(0, 12),
    isNamedByHash,
  }
}

const types: Record<string, string> = {
  ".css": "text/css; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".json": "application/json; charset=utf-8",
  ".webmanifest": "application/manifest+json; charset=utf-8",
  ".svg": "image/svg+xml; charset=utf-8",
  ".txt": "text/plain; charset=utf-8",
  ".html": "text/html; charset=utf-8",
  ".png": "image/png",
  ".jpg": "image/jpeg",
  ".webp": "image/webp",
  ".ico": "image/x-icon",
  ".woff2": "font/woff2",
  ".mp3": "audio/mpeg",
  ".ogg": "audio/ogg",
  ".opus": "audio/ogg",
  ".wav": "audio/wav",
}
