import type { Chance } from "../src/base/clock.ts"
import type { Instant } from "../src/base/day.ts"
import type { Connection, Db } from "./dialect.ts"
import { type AnyFact, accountsStream, type FactBodies, type FactKind, type FactLog } from "./facts.ts"
import type { Scope, Tx } from "./write.ts"

interface Given {
  connection: Connection
  chance: Chance
  ids: (now: Instant) => string
  log: FactLog
  now: Instant
  scopes: Scope[]
}

/** One turn's handle on the store. It dies with the turn, and it remembers every builder that was begun, to see that it was run. */
export class TurnHandle implements Tx {
  readonly connection: Connection
  readonly heads = null
  readonly chance: Chance
  readonly now: Instant
  readonly said: AnyFact[] = []
  readonly #ids: Given["ids"]
  readonly #log: FactLog
  readonly #scopes: Scope[]
  readonly #begun: Begun[] = []
  #over = false
  #db: Db | null = null

  constructor(given: Given) {
    this.connection = given.connection
    this.chance = given.chance
    this.now = given.now
    this.#ids = given.ids
    this.#log = given.log
    this.#scopes = given.scopes
  }

  /** Made when it is asked for: most turns have declared what they run. */
  get db(): Db {
    this.#db ??= this.#watched(this.connection.db)
    return this.#db
  }

  id(): string {
    return this.#ids(this.now)
  }

  async say<K extends FactKind>(
    stream: string,
    kind: K,
    { subject = null, ...body }: FactBodies[K] & { subject?: string | null },
  ): Promise<number> {
    this.mustBeOpen()
    const scope: Scope = stream === accountsStream ? accountsStream : `office:${stream}`
    if (!this.#scopes.includes(scope)) {
      throw new Error(`a turn said ${kind} into the stream ${stream}, which its scopes do not name`)
    }
    const numbered = this.#log.append({ stream, at: this.now, kind, subject, body: body as FactBodies[K] })
    this.said.push(numbered)
    return numbered.seq
  }

  async attempt<T>(part: () => Promise<T>): Promise<T> {
    this.mustBeOpen()
    const { raw } = this.connection
    const [said, facts, begun] = [this.said.length, this.#log.since, this.#begun.length]
    raw.run("SAVEPOINT part")
    try {
      const value = await part()
      raw.run("RELEASE part")
      return value
    } catch (thrown) {
      // A full disk can have ended the whole transaction: then the turn is over as well, and whoever runs it sees that.
      if (raw.inTransaction) for (const text of ["ROLLBACK TO part", "RELEASE part"]) raw.run(text)
      this.connection.setupMark.changes()
      this.#log.rewind(facts)
      this.said.length = said
      this.#begun.length = begun
      throw thrown
    }
  }

  get accountsHead(): number {
    return this.#log.head(accountsStream).seq
  }

  mustBeOpen(): void {
    if (this.#over) throw new Error("turn_is_over: a turn's handle was used after the turn had settled")
  }

  end(): void {
    this.#over = true
  }

  /** An un-awaited builder writes nothing, and no linter notices. */
  mustHaveRunEverything(): void {
    const idle = this.#begun.find((begun) => !begun.ran)
    if (idle) throw new Error(`a turn began a statement (${idle.verb}) and never ran it; await it`)
  }

  #watched(db: Db): Db {
    const begin = (verb: string, builder: object) => {
      this.mustBeOpen()
      const begun = { verb, ran: false }
      this.#begun.push(begun)
      return watch(builder, begun, () => this.mustBeOpen())
    }
    return {
      select: (fields: never) => begin("select", db.select(fields)),
      selectDistinct: (fields: never) => begin("select", db.selectDistinct(fields)),
      insert: (into: never) => begin("insert", db.insert(into)),
      update: (which: never) => begin("update", db.update(which)),
      delete: (from: never) => begin("delete", db.delete(from)),
    } as unknown as Db
  }
}

interface Begun {
  verb: string
  ran: boolean
}

/** What runs a builder, or hands it to another builder as a part of it. */
const running = new Set(["then", "catch", "finally", "execute", "run", "all", "get", "prepare", "getSQL", "as"])

function watch<T extends object>(builder: T, begun: Begun, mustBeOpen: () => void): T {
  return new Proxy(builder, {
    get(target, name) {
      const value = Reflect.get(target, name, target)
      if (typeof name === "string" && running.has(name)) {
        mustBeOpen()
        begun.ran = true
      }
      if (typeof value !== "function") return value
      return (...args: unknown[]) => {
        const answer = value.apply(target, args)
        const goesOn = answer && typeof answer === "object" && !begun.ran
        return goesOn ? watch(answer, begun, mustBeOpen) : answer
      }
    },
  })
}
