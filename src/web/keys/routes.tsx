import { freshly } from "../fresh.ts"
import { get, type PageRoute, post } from "../house.ts"
import { paths } from "../paths.ts"
import { listPage, revoke } from "./list.tsx"
import { make, newPage } from "./making.tsx"

const administrators = ["administrator"] as const

/** Keys for programs. To make one takes a passkey of a moment ago; to revoke one does not. */
export const keyRoutes: PageRoute[] = [
  get(paths.keys, administrators, listPage),
  post(
    paths.keys,
    administrators,
    freshly(make, () => paths.newKey),
  ),
  get(paths.newKey, administrators, freshly(newPage)),
  post(paths.keyRevocation(":id"), administrators, revoke),
]
