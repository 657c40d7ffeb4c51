import { dayIn } from "../../../base/time.ts"
import { civilZone } from "../../people/rules.ts"
import { permitsOf } from "../permits.ts"
import { type Line, line, type Service, said, words } from "../service.ts"

/* What permits there are of the family now. It changes nothing, so nothing is confirmed. */

export const ownPermits: Service = {
  code: "PAS-07",
  identity: 1,
  needsRecording: false,
  fields: [],
  async decide({ store, keys, person, now }) {
    const valid = (await permitsOf(store, keys, person, now)).filter(({ state }) => state === "valid")
    const lines = valid.flatMap(({ name, number, until }): Line[] => [
      line("لمن", "For", { is: "words", words: name }),
      line("رقم التصريح", "Permit number", { is: "typed", text: number }),
      line("حتى نهاية يوم", "Until the end of", { is: "day", day: dayIn(until - 1, civilZone) }),
    ])
    return {
      is: "yes",
      lines: lines.length > 0 ? lines : [said("ليس في الأسرة تصريح سارٍ", "The family has no valid permit")],
      reason: { code: "own", words: words("تصاريح أسرتك أنت", "The permits of your own family"), facts: [] },
      used: { permits: valid.map(({ id }) => id) },
    }
  },
  carryOut: async () => [],
}
