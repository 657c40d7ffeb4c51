import { mkdirSync, rmSync } from "node:fs"
import { join } from "node:path"
import { type OpenStore, openStore } from "../../../db/open.ts"
import { readStore, type Store } from "../../../db/store.ts"
import { openWriter, type Writer } from "../../../db/write.ts"
import type { Clock } from "../../base/clock.ts"
import type { Draw } from "./draw.ts"
import { copyStore, ownFolder } from "./world.ts"

export interface HouseOptions {
  clock: Clock
  chance: Draw
  /** Called right before COMMIT; what it throws is thrown by COMMIT. */
  beforeCommit(): void
  /** Called when COMMIT has returned. */
  afterCommit(): void
  /** Called when a transaction begins: whatever was not committed is gone. */
  begun(): void
}

/**
 * The process that serves: the real store on a file, with its one writer. It can be stopped in order, and it can die at a commit, which
 * leaves to the next one what the file and its log held at that moment.
 */
export class Process {
  readonly #home = ownFolder()
  readonly #options: HouseOptions
  #folder = ""
  #generation = 0
  #opened!: OpenStore
  /** What the next one finds, once this one is dead. */
  #left: string | null = null
  #isBroken = false
  writer!: Writer
  store!: Store

  constructor(from: string, options: HouseOptions) {
    this.#options = options
    this.#folder = this.#next()
    copyStore(from, this.#folder)
    this.#open()
  }

  /** Dead, or of no use any more: nobody gets an answer from it. */
  get isDead(): boolean {
    return this.#left !== null
  }

  /** The store has said that it cannot be trusted any more; the process is to be started anew. */
  get isBroken(): boolean {
    return this.#isBroken
  }

  get raw() {
    return this.#opened.writing.raw
  }

  get reading() {
    return this.#opened.reading.raw
  }

  /** Leaves the file as it is at this moment to the next one, and answers nobody from now on. */
  die(): void {
    if (this.#left !== null) return
    this.#left = this.#next()
    copyStore(this.#folder, this.#left)
  }

  /** The next process on what the last one has left: on its file as it was closed, or as it was when the process died. */
  async restart(): Promise<void> {
    await this.writer.close()
    this.#opened.close()
    if (this.#left !== null) {
      rmSync(this.#folder, { recursive: true, force: true })
      this.#folder = this.#left
      this.#left = null
    }
    this.#open()
  }

  async close(): Promise<void> {
    await this.writer.close()
    this.#opened.close()
    rmSync(this.#home, { recursive: true, force: true })
  }

  /** No page more than the file has now; `null` lets it grow again. */
  limitPages(most: number | null): void {
    this.raw.run(`PRAGMA max_page_count = ${most ?? 1_073_741_823}`)
  }

  pages(): number {
    return this.raw.query<{ page_count: number }, []>("PRAGMA page_count").get()?.page_count ?? 0
  }

  #next(): string {
    const folder = join(this.#home, String(this.#generation++))
    mkdirSync(folder)
    return folder
  }

  #open(): void {
    this.#isBroken = false
    this.#opened = openStore(this.#folder, { create: false })
    const { raw } = this.#opened.writing
    const { beforeCommit, afterCommit, begun, clock, chance } = this.#options
    // The writer's own statements, with an ear at them: the product has no place where a fault could be switched on.
    const prepare = raw.prepare.bind(raw)
    const heard = (sql: string, ...rest: []) => {
      const found = prepare(sql, ...rest)
      if (sql !== "COMMIT" && sql !== "BEGIN IMMEDIATE") return found
      const run = found.run.bind(found)
      found.run = () => {
        if (sql === "COMMIT") beforeCommit()
        else begun()
        const answer = run()
        if (sql === "COMMIT") afterCommit()
        return answer
      }
      return found
    }
    raw.prepare = heard as typeof raw.prepare
    this.writer = openWriter(this.#opened.writing, {
      clock,
      chance,
      onBroken: () => {
        this.#isBroken = true
      },
    })
    this.store = readStore(this.#opened.reading)
  }
}
