import { dayIn } from "../../../base/time.ts"
import { notify } from "../../notifications/outbox.ts"
import { civilZone } from "../../people/rules.ts"
import { cancelPermitNow, validPermit } from "../permits.ts"
import { line, type Service, said, words } from "../service.ts"
import { dependantField, mustGuard } from "./guardian.ts"

/* The guardian takes a permit back. Whoever is abroad on it comes home on it all the same: that is said before it is confirmed. */

export const cancelPermit: Service = {
  code: "PAS-06",
  identity: 2,
  needsRecording: true,
  fields: [dependantField],
  async decide(asked) {
    const guard = await mustGuard(asked)
    if (guard.is === "no") return guard
    const there = await validPermit(asked.store, guard.dependant, asked.now)
    if (!there) {
      return {
        is: "no",
        reason: { code: "no_permit", words: words("لا يوجد تصريح سارٍ", "There is no valid permit"), facts: [] },
        used: {},
        wayOut: words(
          "لا حاجة إلى شيء: لا سفر دون تصريح.",
          "Nothing needs to be done: without a permit there is no exit.",
        ),
      }
    }
    return {
      is: "yes",
      lines: [
        said("إلغاء تصريح سفر", "Cancel a travel permit"),
        line("لمن", "Of", { is: "words", words: guard.name }),
        line("رقم التصريح", "Permit number", { is: "typed", text: there.number }),
        line("ساري حتى", "Valid until", { is: "day", day: dayIn(there.until - 1, civilZone) }),
        said("لا خروج من المملكة بهذا التصريح بعد الآن", "From now on nobody leaves the Kingdom on it"),
        said("من خرج به من قبل فعودته متاحة", "Whoever has left on it may still return"),
      ],
      reason: {
        code: "may_cancel",
        words: words("يطلبه ولي الأمر، والتصريح سارٍ", "The guardian asks for it, and the permit is valid"),
        facts: [],
      },
      used: { permit: there.id },
    }
  },
  async carryOut({ tx, keys, person, request, visit, office, fields }, { used }) {
    const dependant = fields["dependant"] ?? ""
    const of = { id: String(used["permit"]), dependant, request, visit, office }
    const { id } = await cancelPermitNow(tx, keys, of, "cancelled_by_guardian")
    await notify(tx, {
      to: { kind: "citizen", id: person },
      kind: "permit_cancelled",
      data: { permit: id },
      dedupe: `permit_cancelled:${id}`,
    })
    return []
  },
}
