import { describe, expect, test } from "bun:test"
import { instantToWall } from "../../base/time.ts"
import { hasCoturn } from "../../testing/coturn.ts"
import { ownFolder } from "../../testing/process.ts"
import { fill, findForm } from "./booking-statements.ts"
import { bookings } from "./bookings.ts"
import { type Figure, median, quantile, ratioByWork, ratioOf, reaches, table } from "./figure.ts"
import { firstFrame } from "./first-frame.ts"
import { hottest } from "./hottest.ts"
import { memory } from "./memory.ts"
import { messages } from "./messages.ts"
import { callNext } from "./next.ts"
import { press } from "./press.ts"
import type { Run } from "./recording.ts"
import { signIn } from "./sign-in.ts"
import { slots } from "./slots.ts"
import { start } from "./start.ts"
import { zoneInTheMorning } from "./video.ts"
import { visits } from "./visits.ts"

/** Every figure and every baseline was measured; how large they are is the machine's affair. */
function areFigures(figures: Figure[], count: number): void {
  expect(figures).toHaveLength(count)
  for (const figure of figures) {
    expect(figure.value).toBeGreaterThan(0)
    expect(figure.baseline.value).toBeGreaterThan(0)
    expect(ratioOf(figure)).toBeGreaterThan(0)
  }
}

describe("a small run of the bench", () => {
  test("books at two widths, and its raw loop keeps as many bookings as it ran", async () => {
    const { figures } = await bookings({ disk: ownFolder(), connections: [3, 5], each: 30, rounds: 2, warmth: 20 })
    areFigures(figures, 6)
    expect(figures.map(({ what }) => what)).toEqual([
      ...Array.from({ length: 3 }, () => "durable bookings over HTTP, 3 connections"),
      ...Array.from({ length: 3 }, () => "durable bookings over HTTP, 5 connections"),
    ])
    expect(figures[1]?.baseline.what).toMatch(/^raw SQLite, [1-3] to a commit$/)
    expect(figures[4]?.baseline.what).toMatch(/^raw SQLite, [1-5] to a commit$/)
  })

  test("calls the right people in a quiet hall, in a full one, and past everybody who waits for something else", async () => {
    const { figures } = await callNext({ disk: ownFolder(), waiting: 200, calls: 12 })
    areFigures(figures, 4)
    for (const [index, p99] of figures.entries()) {
      if (index % 2 === 1) expect(p99.value).toBeGreaterThanOrEqual(figures[index - 1]?.value ?? 0)
    }
  })

  test("looks at the times of an office as anybody, as a citizen and as a program", async () => {
    areFigures((await slots({ disk: ownFolder(), connections: 2, seconds: 0.2, rounds: 1 })).figures, 4)
  })

  test("has every message reach every board", async () => {
    const { figures } = await messages({ disk: ownFolder(), boards: 20, each: 5, rounds: 1 })
    areFigures(figures, 1)
    // One that missed a message would have thrown. What changes by time alone may have come in between.
    const [, messagesEach] = / (\d+) messages a board$/.exec(figures[0]?.note ?? "") ?? []
    expect(Number(messagesEach)).toBeGreaterThanOrEqual(5)
  })

  test("talks in calls beside waiting rooms, and brings everybody back after a crash", async () => {
    const { figures } = await visits({ disk: ownFolder(), waiting: 6, calls: 2, seconds: 1 })
    areFigures(
      figures.filter(({ unit }) => unit === "ms"),
      7,
    )
  })

  test("sees the first frame of a call, and of one through a relay where there is one", async () => {
    const { figures } = await firstFrame({ disk: ownFolder(), calls: 1 })
    areFigures(figures, hasCoturn ? 3 : 2)
  }, 90_000)

  test("sees the called number on every board, and in a browser", async () => {
    const { figures, notes } = await press({ disk: ownFolder(), boards: 10, presses: 2, inBrowser: 1 })
    areFigures(figures, 4)
    expect(notes).toBeUndefined()
    expect(figures[2]?.value).toBeGreaterThanOrEqual(figures[0]?.value ?? 0)
  })

  test("weighs sockets", async () => {
    const { figures } = await memory({ disk: ownFolder(), sockets: 100 })
    expect(figures.map(({ unit }) => unit)).toEqual(["bytes", "MB"])
    expect(figures[1]?.value).toBeGreaterThan(figures[1]?.baseline.value ?? 0)
  })

  test("tries passwords, lets people in by passkey, and looks at a page meanwhile", async () => {
    const wanted = { tries: 3, connections: 2, seconds: 0.2, flood: 6, floods: 1 }
    areFigures((await signIn({ disk: ownFolder(), ...wanted })).figures, 4)
  })

  test("starts", async () => {
    areFigures((await start({ disk: ownFolder(), starts: 1 })).figures, 1)
  })
})

test("whenever a bench of video visits is run, it is five in the morning there", () => {
  for (let hours = 0; hours < 24; hours++) {
    const now = Date.UTC(2026, 10, 22, hours, 30)
    expect([hours, instantToWall(now, zoneInTheMorning(now)).time]).toEqual([hours, "05:30"])
  }
})

describe("the form of a booking's statements", () => {
  const run = (text: string, ...values: unknown[]): Run => ({ connection: 0, how: "run", text, values })
  const booking = (id: string, person: string, at: number, seq: number): Run[] => [
    run("BEGIN IMMEDIATE"),
    run("take", "RUH-RML", at),
    run("book", id, person, at + 900, 1),
    run("say", seq, `{"booking":"${id}","for":"${person}","at":${at},"seq":${seq}}`),
    run("COMMIT"),
  ]
  const [one, other] = [
    { person: "p-1", key: "k-1", startsAt: 5_000 },
    { person: "p-2", key: "k-2", startsAt: 5_900 },
  ]
  const made = () => findForm([booking("b-1", "p-1", 5_000, 41), booking("b-2", "p-2", 5_900, 42)], [one, other])

  test("filled in for the bookings it was found in, gives what they ran", () => {
    expect(fill(made(), one, 0, () => "b-1")).toEqual(
      booking("b-1", "p-1", 5_000, 41)
        .slice(1, 4)
        .map(({ values }) => values),
    )
    expect(fill(made(), other, 1, () => "b-2")).toEqual(
      booking("b-2", "p-2", 5_900, 42)
        .slice(1, 4)
        .map(({ values }) => values),
    )
  })

  test("brings the next person, the next time and the next number", () => {
    expect(fill(made(), { person: "p-9", key: "k-9", startsAt: 9_000 }, 7, (like) => `${like}!`)).toEqual([
      ["RUH-RML", 9_000],
      ["b-1!", "p-9", 9_900, 1],
      [48, '{"booking":"b-1!","for":"p-9","at":9000,"seq":48}'],
    ])
  })

  test("is not found in two bookings that ran something different", () => {
    const longer = [run("look"), ...booking("b-2", "p-2", 5_900, 42)]
    expect(() => findForm([booking("b-1", "p-1", 5_000, 41), longer], [one, other])).toThrow("different statements")
  })
})

describe("the table", () => {
  const figure: Figure = { what: "x", value: 30, unit: "/s", baseline: { what: "bare", value: 60 } }

  test("says what was aimed at, and where it was missed", () => {
    const lines = table([
      { ...figure, aim: { ratioLeast: 0.5 }, work: { value: 20, baseline: 5 } },
      { ...figure, unit: "ms", aim: { most: 20 } },
    ]).split("\n")
    expect(lines[1]).toMatch(/^x +30\/s +60\/s bare +0\.50 +0\.25 +≥ 0\.50$/)
    expect(lines[2]).toMatch(/^x +30\.0 ms +60\.0 ms bare +0\.50 +≤ 20\.0 ms {2}missed$/)
    expect(ratioByWork(figure)).toBeNull()
    expect(reaches(figure, { least: 30 })).toBe(true)
    expect(reaches(figure, { ratioMost: 0.4 })).toBe(false)
  })

  test("takes the value below which a share of all lie", () => {
    const values = [5, 1, 4, 2, 3]
    expect(median(values)).toBe(3)
    expect(quantile(values, 0.99)).toBe(5)
    expect(quantile([], 0.5)).toBe(0)
  })
})

test("a profile names the functions in which most time was spent", () => {
  const row = (own: number, what: string) =>
    `| ${own}% | 1.0ms | ${own + 1}% | 2.0ms | \`${what}\` | \`/src/${what}.ts:1\` |`
  const rows = Array.from({ length: 12 }, (_, index) => row(30 - index, `f${index}`))
  const profile = `# CPU Profile\n\n## Hot Functions (Self Time)\n\n| Self% | Self | Total% | Total | Function | Location |\n|--:|--:|--:|--:|--|--|\n${rows.join("\n")}\n\n## Call Tree (Total Time)\n\n${row(99, "tree")}\n`
  const named = hottest(profile)
  expect(named).toHaveLength(10)
  expect(named[0]?.trim()).toBe("30% own     31% in all  f0  /src/f0.ts:1")
})
