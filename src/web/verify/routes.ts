import { get, type PageRoute } from "../house.ts"
import { paths } from "../paths.ts"
import { signingKeys } from "./keys.ts"
import { askPage, verifiedPage } from "./page.tsx"

/** Checking what the house has issued: open to everybody, without a session, without a script. */
export const verifyRoutes: PageRoute[] = [
  get(paths.verify, "anyone", askPage),
  get(paths.verified(":code"), "anyone", verifiedPage),
  get(paths.signingKeys, "anyone", signingKeys),
]
