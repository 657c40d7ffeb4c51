import { freshly } from "../fresh.ts"
import { get, type PageRoute, post } from "../house.ts"
import { paths } from "../paths.ts"
import { listPage, revoke } from "./list.tsx"
import { make, newPage } from "./making.tsx"

/** Keys for programs. To make one takes a passkey of a moment ago; to revoke one does not. */
export const keyRoutes: PageRoute[] = [
  get(paths.keys, "key.manage", listPage),
  post(
    paths.keys,
    "key.make",
    freshly(make, () => paths.newKey),
  ),
  get(paths.newKey, "key.make", freshly(newPage)),
  post(paths.keyRevocation(":id"), "key.manage", revoke),
]
