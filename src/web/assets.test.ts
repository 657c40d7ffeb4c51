import { afterAll, beforeAll, describe, expect, test } from "bun:test"
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { type Assets, openAssets } from "./assets.ts"
import type { Look } from "./house.ts"

const look: Look = { name: { ar: "دَوْر", en: "Dawr" }, logo: null, accent: "#0b57d0", accentDark: null }
let root: string
let assets: Assets

const put = (path: string, text: string) => {
  mkdirSync(dirname(join(root, path)), { recursive: true })
  writeFileSync(join(root, path), text)
}

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), "dawr-assets-"))
  put("secret.txt", "secret")
  put(
    "public/css/page.css",
    `@import "base.css";\n@font-face { src: url("../fonts/plex.woff2") }\n.x { background: url(missing.png) }`,
  )
  put("public/css/base.css", `body { margin: 0; } ${"/* long enough to be packed */".repeat(20)}`)
  put("public/fonts/plex.woff2", "font")
  put("public/favicon.ico", "icon")
  put("public/.own", "hidden")
  put("src/client/words.ts", `export const words = () => "said by both"`)
  put("src/client/pages/one.ts", `import { words } from "../words.ts"\nconsole.log(words())`)
  put("src/client/pages/two.ts", `import { words } from "../words.ts"\nconsole.log(words(), 2)`)
  put("src/client/pages/two.test.ts", "throw new Error()")
  symlinkSync(join(root, "secret.txt"), join(root, "public", "link.txt"))
  assets = await openAssets({ root, look })
})

afterAll(() => rmSync(root, { recursive: true }))

const ask = (path: string, headers: Record<string, string> = {}, method = "GET") =>
  assets.serve(new Request(`http://localhost${path}`, { headers, method }))

describe("what pages are made of", () => {
  test("is kept for ever under its exact address, and asked about again under any other", async () => {
    const exact = ask(assets.url("css/page.css"))
    expect(exact.status).toBe(200)
    expect(exact.headers.get("cache-control")).toBe("public, max-age=31536000, immutable")
    expect(exact.headers.get("content-type")).toBe("text/css; charset=utf-8")
    expect(exact.headers.get("x-content-type-options")).toBe("nosniff")
    for (const path of ["/assets/css/page.css", "/assets/css/page.css?v=old"]) {
      const loose = ask(path)
      expect(loose.headers.get("cache-control")).toBe("no-cache")
      expect(await loose.text()).toBe(await ask(assets.url("css/page.css")).text())
    }
  })

  test("is not sent again to whoever has it", () => {
    const etag = ask("/assets/css/base.css").headers.get("etag") ?? ""
    const again = ask("/assets/css/base.css", { "If-None-Match": `"other", ${etag}` })
    expect(again.status).toBe(304)
    expect(again.body).toBeNull()
    expect(ask("/assets/css/base.css", { "If-None-Match": '"other"' }).status).toBe(200)
  })

  test("is packed for whoever can unpack it", async () => {
    const packed = ask("/assets/css/base.css", { "Accept-Encoding": "br, gzip" })
    expect(packed.headers.get("content-encoding")).toBe("gzip")
    const unpacked = Bun.gunzipSync(new Uint8Array(await packed.arrayBuffer()))
    expect(new TextDecoder().decode(unpacked)).toBe(await ask("/assets/css/base.css").text())
    for (const accepted of ["br", "gzip;q=0", "identity"]) {
      expect(ask("/assets/css/base.css", { "Accept-Encoding": accepted }).headers.get("content-encoding")).toBeNull()
    }
    expect(packed.headers.get("etag")).not.toBe(ask("/assets/css/base.css").headers.get("etag"))
  })

  test("names other files by their exact address, so that a new font comes with the sheet that uses it", async () => {
    const sheet = await ask(assets.url("css/page.css")).text()
    const font = assets.url("fonts/plex.woff2").replace("/assets/fonts/", "../fonts/")
    expect(sheet).toContain(`url("${font}")`)
    expect(sheet).toContain(`@import "${assets.url("css/base.css").replace("/assets/css/", "")}"`)
    expect(sheet).toContain("url(missing.png)")
  })

  test("holds a bundle for each module of a page, and what they share once", async () => {
    const [one, two] = [await ask(assets.url("one.js")).text(), await ask(assets.url("two.js")).text()]
    const shared = /shared-[a-z0-9]+\.js/.exec(one)?.[0] ?? ""
    expect(two).toContain(shared)
    expect(one).not.toContain("said by both")
    const answer = ask(`/assets/${shared}`)
    expect(answer.headers.get("cache-control")).toContain("immutable")
    expect(answer.headers.get("content-type")).toBe("text/javascript; charset=utf-8")
    expect(await answer.text()).toContain("said by both")
    expect(() => assets.url("two.test.js")).toThrow("there is no asset")
  })

  test("carries the agency's colour, and the icon where browsers look for it", async () => {
    expect(await ask(assets.url("theme.css")).text()).toContain("#0b57d0")
    expect(ask("/favicon.ico").headers.get("content-type")).toBe("image/x-icon")
  })

  test("is nothing but that: no path leads out of it", () => {
    const ways = [
      "/assets/../secret.txt",
      "/assets/%2e%2e/secret.txt",
      "/assets/..%2fsecret.txt",
      "/assets//etc/passwd",
      "/assets/link.txt",
      "/assets/.own",
      "/assets/",
      "/assets/css",
      "/assets/css/page.css/",
      "/assets/css\\page.css%00",
      "/secret.txt",
    ]
    for (const way of ways) expect(ask(way).status).toBe(404)
    expect(ask("/assets/css/page.css", {}, "POST").status).toBe(405)
    expect(ask("/assets/css/page.css", {}, "HEAD").body).toBeNull()
  })
})

test("a module that does not build says so at the start, and not to the first citizen", async () => {
  put("src/client/pages/broken.ts", `import "./not-there.ts"`)
  expect(openAssets({ root, look })).rejects.toThrow("do not build")
  rmSync(join(root, "src/client/pages/broken.ts"))
})
