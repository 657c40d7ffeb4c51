import { freshly } from "../fresh.ts"
import { get, type PageRoute, post } from "../house.ts"
import { paths } from "../paths.ts"
import { approveHere, backToCode, pairingPage } from "./approving.tsx"
import { listPage } from "./list.tsx"
import { devicePage, rename, revoke } from "./one.tsx"

/**
 * The kiosks and boards of an office. To pair one takes a passkey of a moment ago; to revoke one does not: whoever sees that a screen is
 * gone must not look for a key first.
 */
export const deviceRoutes: PageRoute[] = [
  get(paths.devices, "device.read", listPage),
  get(paths.devicePairing, "device.pair", pairingPage),
  post(paths.devicePairing, "device.pair", freshly(approveHere, backToCode)),
  get(paths.device(":id"), "device.read", devicePage),
  post(paths.deviceName(":id"), "device.manage", rename),
  post(paths.deviceRevocation(":id"), "device.manage", revoke),
]
