import type { House } from "./house.ts"

/** Whether a code reaches anybody by SMS. Outside production the log shows it, and a demonstration its page of messages. */
export function sendsCodes({ env, demo }: Pick<House, "env" | "demo">): boolean {
  return demo || env.sms !== null || !env.production
}
