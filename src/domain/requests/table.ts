import type { Service } from "./service.ts"
import { cancelPermit } from "./services/cancel-permit.ts"
import { contact } from "./services/contact.ts"
import { issuePermit } from "./services/issue-permit.ts"
import { ownPermits } from "./services/own-permits.ts"

/** Every service that can be carried out in a visit. To add one: its file, and its line here. */
export const services: readonly Service[] = [issuePermit, cancelPermit, ownPermits, contact]

export function serviceFile(code: string): Service | null {
  return services.find((one) => one.code === code) ?? null
}
