import { Database } from "bun:sqlite"
import { type AnyFact, chainHash, type Head } from "./facts.ts"
import { commitsBehindDamage } from "./log-file.ts"
import { applicationId, migrations } from "./open.ts"

/** What a database file holds, and what is wrong with it. */
export interface Verdict {
  /** Sentences for the operator; none: nothing is wrong. */
  wrong: string[]
  facts: number
  /** Where each stream ends: whoever keeps these elsewhere notices a tail that was cut. */
  heads: Record<string, Head>
}

/** Copies a database as it is at one moment, also one that a process is serving from, without the room that deleted rows take. */
export function copyFile(from: string, to: string): void {
  const raw = new Database(from, { readonly: true, strict: true })
  try {
    raw.run("PRAGMA busy_timeout = 10000")
    raw.query("VACUUM INTO ?").run(to)
  } finally {
    raw.close()
  }
}

/**
 * Looks at a database file that nobody writes to, or that a process is serving from: whether it is whole and ours, whether every reference
 * leads somewhere, and whether every stream's facts are chained without a gap (docs/decisions.md). It reads everything once and changes nothing.
 */
export function verifyFile(file: string): Verdict {
  const behind = commitsBehindDamage(file)
  const { wrong, ...rest } = verifyRead(file)
  const cut =
    behind > 0 ? [`the log beside it is damaged: ${behind} commits stand behind the damage and are not read`] : []
  return { wrong: [...cut, ...wrong], ...rest }
}

function verifyRead(file: string): Verdict {
  let raw: Database
  try {
    raw = new Database(file, { readonly: true, strict: true })
  } catch (thrown) {
    return { wrong: [`${file} cannot be opened (${said(thrown)})`], facts: 0, heads: {} }
  }
  try {
    raw.run("PRAGMA busy_timeout = 10000")
    // One look at one moment, however much is written meanwhile.
    raw.run("BEGIN")
    const strange = foreign(raw)
    if (strange) return { wrong: strange, facts: 0, heads: {} }
    const { wrong, ...rest } = verifyChains(raw)
    return { wrong: [...damage(raw), ...loose(raw), ...wrong], ...rest }
  } catch (thrown) {
    return { wrong: [`${file} cannot be read (${said(thrown)})`], facts: 0, heads: {} }
  } finally {
    raw.close()
  }
}

const said = (thrown: unknown) => (thrown instanceof Error ? thrown.message : String(thrown))

function foreign(raw: Database): string[] | null {
  const id = raw.query<{ application_id: number }, []>("PRAGMA application_id").get()?.application_id
  if (id !== applicationId) return ["it is not a Dawr database"]
  const version = raw.query<{ user_version: number }, []>("PRAGMA user_version").get()?.user_version ?? 0
  const newest = migrations().at(-1)?.version ?? 0
  return version > newest ? [`it was written by a newer Dawr (schema ${version}, this one knows ${newest})`] : null
}

function damage(raw: Database): string[] {
  const found = raw.query<{ integrity_check: string }, []>("PRAGMA integrity_check(20)").all()
  return found.map((row) => row.integrity_check).filter((line) => line !== "ok")
}

function loose(raw: Database): string[] {
  const rows = raw.query<{ table: string; rowid: number | null; parent: string }, []>("PRAGMA foreign_key_check").all()
  return rows.slice(0, 20).map(({ table, parent }) => `a row of ${table} names a ${parent} that is not there`)
}

interface Row {
  stream: string
  seq: number
  at: number
  kind: string
  subject: string | null
  body: string
  hash: string
}

/** Whether every stream's facts follow each other without a gap, each as it was said. */
export function verifyChains(raw: Database): Verdict {
  const wrong: string[] = []
  const heads: Record<string, Head> = {}
  let facts = 0
  const all = raw.query<Row, []>("SELECT stream, seq, at, kind, subject, body, hash FROM fact ORDER BY stream, seq")
  for (const { body, hash, ...fact } of all.iterate()) {
    facts++
    const head = heads[fact.stream] ?? { seq: 0, hash: "" }
    const place = `fact ${fact.seq} of ${fact.stream}`
    if (fact.seq !== head.seq + 1) wrong.push(`${place} comes after ${head.seq}: what stood between is missing`)
    else if (chainHash(head.hash, fact as unknown as AnyFact, body) !== hash)
      wrong.push(`${place} is not what was said`)
    heads[fact.stream] = { seq: fact.seq, hash }
  }
  return { wrong, facts, heads }
}
