import { verify } from "node:crypto"
import { openStore } from "../../../db/open.ts"
import { openWriter } from "../../../db/write.ts"
import { machineChance, machineClock } from "../../base/clock.ts"
import { handleFor, type Owner } from "../../domain/access/owner.ts"
import { addPasskey } from "../../domain/access/passkeys.ts"
import { hashPassword } from "../../domain/access/passwords.ts"
import { enrol } from "../../domain/people/writes.ts"
import { demoNumber } from "../demo/people.ts"
import { demoPlan } from "../demo/seed.ts"
import { openKeys } from "../keys-file.ts"
import { type Answer, type Ask, HttpConnection, requestBytes } from "./clients/connection.ts"
import { type Figure, median, type Part, progress, quantile } from "./figure.ts"
import { type SoftPasskey, softPasskey } from "./passkey.ts"
import { inFolder, office, type Prepared, prepare, service } from "./prepare.ts"
import { type Running, residentBytes, startHouse } from "./running.ts"

export interface Wanted {
  disk: string
  /** How often a wrong password is tried for somebody who is known, and as often for nobody. */
  tries: number
  /** How many sign in with a passkey at once, and for how long. */
  connections: number
  seconds: number
  /** How many wrong passwords come at once, and how often that happens. */
  flood: number
  floods: number
}

interface Somebody {
  number: string
  handle: string
  passkey: SoftPasskey
}

/**
 * What signing in costs, and what trying costs everybody else: whether the time of an answer tells who has an account, how many get in by
 * passkey in a second (a challenge, an answer, a session), and what a page of times and the memory come to while wrong passwords pour in.
 */
export async function signIn({ disk, tries, connections, seconds, flood, floods }: Wanted): Promise<Part> {
  return inFolder(disk, async (folder) => {
    const prepared = await prepare(folder, { plan: demoPlan(), citizens: 1, sessions: true })
    const people = await addPeople(prepared, Math.max(tries, connections))
    // Whoever tries comes from somewhere else each time: the limits for one address and one account are not what is measured.
    const proxies = { TRUSTED_PROXIES: "127.0.0.1", ANONYMOUS_PER_MINUTE: "1000000" }
    const house = await startHouse(prepared, null, proxies)
    try {
      const known = await answerTimes(house, people, tries)
      const entered = await signInsASecond(house, people.slice(0, connections), seconds)
      const under = await underFlood(house, prepared, { flood, floods })
      await house.stop()
      return { figures: [known, entered, ...under] }
    } catch (thrown) {
      await house.stop().catch(() => {})
      throw thrown
    }
  })
}

/** People with a number, one password and a passkey each. */
async function addPeople({ data, keysFile }: Prepared, count: number): Promise<Somebody[]> {
  const opened = openStore(data, { create: false })
  const keys = openKeys(keysFile, { create: false, chance: machineChance })
  const clock = machineClock()
  const writer = openWriter(opened.writing, { clock })
  const passwordHash = await hashPassword("four green camels")
  const name = { ar: "ب", en: "b" }
  try {
    const people: Somebody[] = []
    for (let index = 0; index < count; index++) {
      const [number, passkey] = [demoNumber("citizen", knownFrom + index), softPasskey()]
      const handle = await writer.write(
        async (tx) => {
          const id = await enrol(tx, keys, { kind: "citizen", name, nationalId: number, passwordHash })
          const owner: Owner = { kind: "citizen", id }
          await addPasskey(tx, owner, passkey.made, "bench", clock.real())
          return handleFor(tx, owner)
        },
        { scopes: ["accounts"] },
      )
      people.push({ number, handle, passkey })
    }
    return people
  } finally {
    await writer.close()
    opened.close()
  }
}

const [knownFrom, unknownFrom] = [50_000, 60_000]

/** A form of a stranger, who comes from an address of their own. */
let strangers = 0
function form(origin: string, path: string, fields: Record<string, string>): Ask {
  const [from, body] = [++strangers, new URLSearchParams(fields).toString()]
  const headers = {
    ...{ Origin: origin, Accept: "text/html", "Content-Type": "application/x-www-form-urlencoded" },
    "X-Forwarded-For": `10.${(from >> 16) & 255}.${(from >> 8) & 255}.${from & 255}`,
  }
  return { method: "POST", path, headers, body }
}

function ask(connection: HttpConnection, { origin }: Running, what: Ask): Promise<Answer> {
  return connection.ask(requestBytes(origin, what))
}

/** By turns, so that whatever else the machine does meets both; the first few are not counted. */
async function answerTimes(house: Running, people: Somebody[], tries: number): Promise<Figure> {
  progress(`sign-in: ${tries} wrong passwords of known and of unknown people, one after another`)
  const connection = await HttpConnection.open(house.origin)
  const [known, unknown]: [number[], number[]] = [[], []]
  for (let index = -5; index < tries; index++) {
    const nobody = demoNumber("citizen", unknownFrom + index + 5)
    const pair = [
      [known, people[index]?.number ?? nobody],
      [unknown, nobody],
    ] as const
    for (const [times, number] of index % 2 ? pair : pair.toReversed()) {
      const typed = form(house.origin, "/sign-in", { number, password: "wrong", next: "" })
      const began = performance.now()
      const { status } = await ask(connection, house, typed)
      if (status !== 401) throw new Error(`a wrong password was answered ${status}`)
      if (index >= 0) times.push(performance.now() - began)
    }
  }
  connection.close()
  const [own, other] = [median(known), median(unknown)]
  return {
    ...{ what: `wrong password, how far known and unknown are apart, medians of ${tries}`, unit: "ms" },
    value: Math.max(0.001, Math.abs(own - other)),
    baseline: { what: "known", value: own },
    aim: { most: 2 },
    note: `known ${own.toFixed(2)} ms, unknown ${other.toFixed(2)} ms`,
  }
}

async function signInsASecond(house: Running, people: Somebody[], seconds: number): Promise<Figure> {
  progress(`sign-in: by passkey, ${people.length} at once`)
  let entered = 0
  const began = performance.now()
  await Promise.all(
    people.map(async ({ passkey, handle }) => {
      const connection = await HttpConnection.open(house.origin)
      while (performance.now() - began < seconds * 1000) {
        const options = await ask(connection, house, form(house.origin, "/passkeys/options", { purpose: "sign_in" }))
        const { challenge } = JSON.parse(options.body) as { challenge: string }
        const response = passkey.answer(challenge, house.origin, handle)
        const { status } = await ask(connection, house, form(house.origin, "/sign-in/passkey", { response }))
        if (status !== 303) throw new Error(`a right passkey was answered ${status}`)
        entered++
      }
      connection.close()
    }),
  )
  const perSecond = (entered / (performance.now() - began)) * 1000
  const baseline = {
    what: "signatures checked, and nothing else",
    value: checksASecond(people[0]?.passkey ?? softPasskey()),
  }
  return { what: `sign-ins by passkey, ${people.length} connections`, value: perSecond, unit: "/s", baseline }
}

function checksASecond({ sign, publicKey }: SoftPasskey): number {
  const data = new Uint8Array(69)
  const signature = sign(data)
  const began = performance.now()
  let checked = 0
  while (performance.now() - began < 300) {
    if (!verify("sha256", data, publicKey, signature)) throw new Error("a signature is not its own")
    checked++
  }
  return (checked / (performance.now() - began)) * 1000
}

/** How long a page takes, asked for over and over until `isOver`. */
async function pageTimes(house: Running, { citizens }: Prepared, isOver: () => boolean): Promise<number[]> {
  const connection = await HttpConnection.open(house.origin)
  const headers = { Cookie: `sid=${citizens[0]?.session}` }
  const page: Ask = { method: "GET", path: `/offices/${office}/slots?service=${service}`, headers }
  const times: number[] = []
  while (!isOver()) {
    const began = performance.now()
    const { status } = await ask(connection, house, page)
    if (status !== 200) throw new Error(`the page was answered ${status}`)
    times.push(performance.now() - began)
    await Bun.sleep(2)
  }
  connection.close()
  return times
}

async function underFlood(
  house: Running,
  prepared: Prepared,
  { flood, floods }: Pick<Wanted, "flood" | "floods">,
): Promise<Figure[]> {
  const warm = performance.now() + 1_000
  await pageTimes(house, prepared, () => performance.now() > warm)
  progress(`sign-in: ${flood} wrong passwords at once, ${floods} times`)
  const before = residentBytes(house.pid)
  const counted = { looked: 0, refused: 0 }
  let isOver = false
  let most = before
  const during = pageTimes(house, prepared, () => isOver)
  const began = performance.now()
  for (let round = 0; round < floods; round++) {
    // New ones each time: whoever is refused at once would wait idly for those who are looked at.
    const open = await Promise.all(Array.from({ length: flood }, () => HttpConnection.open(house.origin)))
    const answers = await Promise.all(
      open.map((connection, index) => {
        const number = demoNumber("citizen", unknownFrom + 10_000 + round * flood + index)
        return ask(connection, house, form(house.origin, "/sign-in", { number, password: "wrong", next: "" }))
      }),
    )
    for (const { status } of answers) {
      if (status === 401) counted.looked++
      else if (status === 503 || status === 429) counted.refused++
      else throw new Error(`a wrong password was answered ${status}`)
    }
    most = Math.max(most, residentBytes(house.pid))
    for (const connection of open) connection.close()
  }
  isOver = true
  const times = await during
  const until = performance.now() + (performance.now() - began)
  const quiet = await pageTimes(house, prepared, () => performance.now() > until)
  const note = `${counted.looked} were looked at, ${counted.refused} told to come back`
  return [
    {
      ...{ what: `times of an office under ${flood} wrong passwords at once, p99`, unit: "ms", note },
      value: quantile(times, 0.99),
      baseline: { what: "in quiet", value: quantile(quiet, 0.99) },
      aim: { ratioMost: 3 },
    },
    {
      ...{ what: `memory that ${flood} wrong passwords at once take`, unit: "MB" },
      value: Math.max(0.001, (most - before) / 2 ** 20),
      baseline: { what: "the process before", value: before / 2 ** 20 },
      aim: { most: 150 },
    },
  ]
}
