/** What an office sets and a replay can try: minutes, and for `booked` a part of the counters. */
export interface Settings {
  /** A walk-in's target, and that of somebody with a need. */
  target: number
  need: number
  /** How late a booked person may be before the place begins to move back. */
  grace: number
  /** The handicap of a line that is not a counter's main work: it is served there once it is so much later. */
  help: number
  /** The part of the counters whose time is offered as bookings. */
  booked: number
}

export const usual: Settings = { target: 30, need: 10, grace: 15, help: 10, booked: 0.7 }

/** Reads settings as they are typed: `target=30,help=0`. What is not named is as usual. Throws a sentence for what is no setting. */
export function readSettings(text: string): Settings {
  const settings = { ...usual }
  for (const part of text.split(",").filter((one) => one !== "" && one !== "usual")) {
    const [name = "", value = ""] = part.split("=")
    const isKnown = (key: string): key is keyof Settings => key in settings
    const number = Number(value)
    if (!isKnown(name) || value === "" || !(number >= 0)) {
      throw new RangeError(
        `a setting is one of ${Object.keys(usual).join(", ")} and a number, as in target=30 (got ${part})`,
      )
    }
    settings[name] = number
  }
  return settings
}
