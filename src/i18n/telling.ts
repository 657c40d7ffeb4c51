import type { MessageRow } from "../../db/schema/messages.ts"
import type { Store } from "../../db/store.ts"
import type { Instant } from "../base/day.ts"
import { bookingById } from "../domain/bookings/reads.ts"
import { service as serviceOf } from "../domain/catalogue/reads.ts"
import { isMessageKind } from "../domain/notifications/rules.ts"
import { office as officeOf } from "../domain/offices/reads.ts"
import { citizenWords } from "./citizen.ts"
import { momentText, timeText } from "./dates.ts"
import { inLang, type Lang } from "./lang.ts"
import { messageWords, type Words } from "./messages.ts"

/** `own`: its owner, signed in. The others are as public as a postcard: what is sensitive is not named there. */
export type Reader = "own" | "mail" | "sms"

/** The house's own time, for what happens at no office. */
const homeZone = "Asia/Riyadh"

/** A message in words. `secret`: the code or link that stands in it, where it may be shown. */
export async function told(
  store: Store,
  { kind, data, office: place, at }: Pick<MessageRow, "kind" | "data" | "office" | "at">,
  lang: Lang,
  reader: Reader,
  secret: string | null = null,
  /** Where a visit is found: in what goes out, which stands beside no button. */
  visitAt: ((visit: string) => string) | null = null,
): Promise<Words> {
  if (!isMessageKind(kind)) throw new Error(`there is no message of the kind ${kind}`)
  const office = place === null ? null : await officeOf(store, place)
  const service = text(data["service"]) === null ? null : await serviceOf(store, text(data["service"]) ?? "")
  const zone = office?.zone ?? homeZone
  const isOpen = reader === "own" || service?.sensitive === false
  const moment = (instant: Instant | null) => (instant === null ? null : momentText(instant, zone, lang))
  const time = (instant: Instant | null) => (instant === null ? null : timeText(instant, zone, lang))
  return messageWords(
    kind,
    {
      when: moment(number(data["startsAt"]) ?? at),
      from: moment(number(data["from"])),
      until: time(number(data["keptUntil"]) ?? number(data["until"])),
      service: service && isOpen && reader !== "sms" ? inLang(service.name, lang) : null,
      // An office may serve one sensitive thing alone, and its name would say which.
      office: office && (service === null || isOpen) ? inLang(office.name, lang) : null,
      number: number(data["number"]),
      counter: number(data["counter"]),
      minutes: number(data["minutes"]),
      left: number(data["left"]),
      what: text(data["state"]) ?? text(data["factor"]) ?? text(data["channel"]) ?? text(data["by"]),
      reason:
        kind === "booking_cancelled" && reader !== "sms" ? await reasonOf(store, text(data["booking"]), lang) : null,
      secret,
      isVideo: data["video"] === 1,
      visit: visitAt && text(data["ticket"]) ? visitAt(text(data["ticket"]) ?? "") : null,
    },
    lang,
  )
}

/** Why a booking was cancelled: the office's own words stand with the booking and nowhere else, and go with it. */
async function reasonOf(store: Store, booking: string | null, lang: Lang): Promise<string | null> {
  const reason = booking === null ? null : (await bookingById(store, booking))?.reason
  if (!reason) return null
  const ours: Record<string, string> = citizenWords[lang].reasons
  return ours[reason] ?? (lang === "ar" ? `السبب: ${reason}` : `The reason: ${reason}`)
}

function text(value: string | number | null | undefined): string | null {
  return typeof value === "string" ? value : null
}

function number(value: string | number | null | undefined): number | null {
  return typeof value === "number" ? value : null
}
