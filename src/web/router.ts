import type { Result, Router } from "hono/router"
import { TrieRouter } from "hono/router/trie-router"
import { remember } from "../base/remember.ts"

/** No address of ours that many ask for is longer. */
const pathMost = 120

/**
 * Hono's router for every form of path, with what it found kept by address: most requests ask for one of a few, and going through the tree
 * takes longer than all gates together.
 */
export function rememberingRouter<T>(): Router<T> {
  const tree = new TrieRouter<T>()
  const found = remember(2_000, (asked: string): Result<T> => {
    const space = asked.indexOf(" ")
    return tree.match(asked.slice(0, space), asked.slice(space + 1))
  })
  return {
    name: tree.name,
    add: (method, path, handler) => tree.add(method, path, handler),
    match: (method, path) => (path.length > pathMost ? tree.match(method, path) : found(`${method} ${path}`)),
  }
}
