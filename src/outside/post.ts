import type { Env } from "../base/env.ts"
import type { Log } from "../base/log.ts"
import type { Carrier } from "./letter.ts"
import { logSink } from "./log.ts"
import { openMail } from "./mail.ts"
import { openSms } from "./sms.ts"

export interface Post {
  mail: Carrier
  sms: Carrier
}

/** The ways out of the house, as the environment names them. What it does not name goes nowhere, and the log says so. */
export function openPost(env: Pick<Env, "mail" | "sms" | "production">, log: Log): Post {
  return {
    mail: env.mail ? openMail(env.mail) : logSink("mail", log, env),
    sms: env.sms ? openSms(env.sms) : logSink("sms", log, env),
  }
}
