import { expect, test } from "bun:test"
import { TrieRouter } from "hono/router/trie-router"
import { rememberingRouter } from "./router.ts"

test("finds what Hono's own router finds, however often it is asked and in whatever order", () => {
  const [own, other] = [rememberingRouter<string>(), new TrieRouter<string>()]
  const routes = [
    ["ALL", "*", "gates"],
    ["GET", "/holds/new", "new"],
    ["GET", "/holds/:id", "one"],
    ["POST", "/holds/:id", "change"],
    ["ALL", "/holds/:id", "other"],
    ["GET", "/assets/*", "file"],
  ] as const
  for (const [method, path, handler] of routes) {
    own.add(method, path, handler)
    other.add(method, path, handler)
  }
  const long = `/holds/${"x".repeat(500)}`
  const paths = ["/", "/holds/new", "/holds/1", "/holds/2", "/holds/1/2", "/assets/a/b.css", "/holds/%D9%85", long]
  for (let round = 0; round < 3; round++) {
    for (const method of ["GET", "POST", "PUT"]) {
      for (const path of paths) expect(own.match(method, path)).toEqual(other.match(method, path))
    }
  }
})
