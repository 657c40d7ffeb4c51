import type { SQLQueryBindings, Statement } from "bun:sqlite"
import { Column, getTableName, is, Param, Placeholder, SQL, Subquery } from "drizzle-orm"

/*
 * Runs what drizzle has prepared. Drizzle asks anew of every column of every row what it is and how it is read, which takes as long as
 * SQLite takes over the row; here that is asked once, when the statement is made.
 */

/** As much of drizzle's prepared query as is used (drizzle-orm/bun-sqlite/session). */
interface PreparedQuery {
  stmt: Statement
  query: { params: unknown[] }
  /** Nothing where no rows come back. */
  fields?: Field[]
  /** Of each joined table, by name, whether it has a row for certain. */
  joinsNotNullableMap?: Record<string, boolean>
}

interface Field {
  /** Where the value stands in the answer: its name, or the table's and its own. */
  path: string[]
  field: unknown
}

type Values = Record<string, unknown>
type Row = unknown[]
type Change = (value: unknown) => unknown

/** Answers the rows of a query, or what a change without RETURNING did. Throws where a placeholder has no value. */
export function runner(prepared: unknown): (values: Values) => unknown {
  const { stmt, query, fields, joinsNotNullableMap } = prepared as PreparedQuery
  const bound = query.params.map(bindingOf)
  function bind(values: Values): SQLQueryBindings[] {
    const given = new Array<SQLQueryBindings>(bound.length)
    for (let index = 0; index < bound.length; index++) given[index] = bound[index]?.(values) as SQLQueryBindings
    return given
  }
  if (!fields) return (values) => stmt.run(...bind(values))
  const read = fields.every(({ path }) => path.length === 1) ? flat(fields) : grouped(fields, joinsNotNullableMap ?? {})
  return (values) => stmt.values(...bind(values)).map(read)
}

function bindingOf(param: unknown): (values: Values) => SQLQueryBindings {
  const isParam = is(param, Param)
  const place = isParam ? param.value : param
  if (!is(place, Placeholder)) return () => param as SQLQueryBindings
  const { name } = place
  const encode: Change = isParam ? (value) => param.encoder.mapToDriverValue(value) : (value) => value
  return (values) => {
    const value = values[name]
    if (value === undefined) throw new Error(`no value for the placeholder ${name}`)
    return encode(value) as SQLQueryBindings
  }
}

function flat(fields: Field[]): (row: Row) => Values {
  const names = fields.map(({ path }) => path[0] ?? "")
  const decoders = fields.map(({ field }) => decoderOf(field))
  return (row) => {
    const made: Values = {}
    for (let index = 0; index < names.length; index++)
      made[names[index] as string] = decoded(row[index], decoders[index])
    return made
  }
}

interface Group {
  name: string
  /** Where it stands in the row, and what of a joined table each value is; one without a name is the answer's own. */
  members: { at: number; name: string | undefined; decode: Change | undefined }[]
  /** A joined table has no row when its first column is null. */
  nullAt: number | null
}

function grouped(fields: Field[], mustBeThere: Record<string, boolean>): (row: Row) => Values {
  const byName = Map.groupBy(
    fields.map((field, at) => ({ ...field, at })),
    ({ path }) => path[0] ?? "",
  )
  const groups = [...byName].map(([name, own]): Group => {
    if (own.some(({ path }) => path.length > 2)) throw new Error(`${name}: an answer is two levels deep at most`)
    const columns = own.flatMap(({ field, at }) =>
      is(field, Column) ? [{ at, table: getTableName(field.table) }] : [],
    )
    const [first] = columns
    const isOneTable = columns.every(({ table }) => table === first?.table)
    const mayLack = first !== undefined && isOneTable && own[0]?.path.length === 2 && !mustBeThere[first.table]
    const members = own.map(({ path, field, at }) => ({ at, name: path[1], decode: decoderOf(field) }))
    return { name, members, nullAt: mayLack ? first.at : null }
  })
  return (row) => {
    const made: Values = {}
    for (const { name, members, nullAt } of groups) made[name] = partOf(row, members, nullAt)
    return made
  }
}

function partOf(row: Row, members: Group["members"], nullAt: number | null): unknown {
  if (nullAt !== null && row[nullAt] === null) return null
  const made: Values = {}
  for (const { at, name, decode } of members) {
    const value = decoded(row[at], decode)
    if (name === undefined) return value
    made[name] = value
  }
  return made
}

function decoded(value: unknown, decode: Change | undefined): unknown {
  return value === null || decode === undefined ? value : decode(value)
}

/** How a value of the engine becomes ours; nothing where it is the same. */
function decoderOf(field: unknown): Change | undefined {
  if (is(field, Column)) {
    const isSame = field.mapFromDriverValue === Column.prototype.mapFromDriverValue
    return isSame ? undefined : (value) => field.mapFromDriverValue(value)
  }
  const source = is(field, SQL) ? field : is(field, Subquery) ? field._.sql : (field as SQL.Aliased).sql
  const { decoder } = source as unknown as { decoder: { mapFromDriverValue: Change } }
  return (value) => decoder.mapFromDriverValue(value)
}
