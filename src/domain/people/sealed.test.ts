import { Database } from "bun:sqlite"
import { expect, test } from "bun:test"
import { readdirSync, readFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { eq } from "drizzle-orm"
import { people, personKeys } from "../../../db/schema/people.ts"
import { day } from "../../base/day.ts"
import { relate } from "../../testing/family.ts"
import { testOffice } from "../../testing/office.ts"
import { dependants, person, personalData, personByNumber } from "./reads.ts"
import { enrol } from "./writes.ts"

const noura = {
  kind: "citizen" as const,
  name: { ar: "نورة بنت فهد العنزي", en: "Noura Al-Anazi" },
  nationalId: "1087654321",
  mobile: "0557654321",
  birthDay: day("1991-04-17"),
}

/** Whatever of a person could be read by whoever finds a file: in UTF-8, and as JSON may write it. */
const told = [...Object.values(noura.name), noura.nationalId, noura.mobile, noura.birthDay].flatMap((text) => [
  text,
  JSON.stringify(text).slice(1, -1),
])

test("whoever copies the database, its log or a backup finds no number, no mobile, no name and no birth date", async () => {
  const office = await testOffice({ citizens: 2 })
  const id = await office.write((tx) => enrol(tx, office.keys, noura))
  const file = office.store.connection.raw.filename
  const other = new Database(file)
  other.run(`VACUUM INTO '${join(dirname(file), "backup.db")}'`)
  other.close()
  const found = new Map(
    readdirSync(dirname(file)).map((name) => {
      const bytes = readFileSync(join(dirname(file), name))
      return [name, { told: told.filter((text) => bytes.includes(text)), hasId: bytes.includes(id) }]
    }),
  )
  // The id shows that these are the files in which the person is.
  expect(found.get("dawr.db-wal")).toEqual({ told: [], hasId: true })
  expect(found.get("backup.db")).toEqual({ told: [], hasId: true })
  for (const [name, { told }] of found) expect([name, told]).toEqual([name, []])
})

test("whoever holds the keys reads everything of a person again, and finds the person by the number", async () => {
  const office = await testOffice({ citizens: 2 })
  const id = await office.write((tx) => enrol(tx, office.keys, noura))
  expect(await personalData(office.store, office.keys, id)).toMatchObject({ ...noura, birthYear: 1991 })
  expect(await person(office.store, office.keys, id)).toEqual({ id, kind: "citizen", name: noura.name })
  const found = await personByNumber(office.store, office.keys.index("number", noura.nationalId))
  expect(found?.id).toBe(id)
  expect(await person(office.store, office.keys, "nobody at all")).toBeNull()
})

test("a guardian's children come with their names", async () => {
  const office = await testOffice({ citizens: 2 })
  const [mother] = office.citizens(1)
  if (!mother) throw new Error("nobody")
  const child = await office.write(async (tx) => {
    const id = await enrol(tx, office.keys, { kind: "citizen", name: { ar: "جود", en: "Joud" } })
    await relate(tx, mother.id, id, "child")
    return id
  })
  expect(await dependants(office.store, office.keys, mother.id, office.clock.office())).toEqual([
    { person: { id: child, kind: "citizen", name: { ar: "جود", en: "Joud" } }, kind: "child" },
  ])
})

test("a sealed value that was moved to another row or column does not open: nobody is shown as somebody else", async () => {
  const office = await testOffice({ citizens: 2 })
  const { store, keys, write } = office
  const [id, other] = await write(async (tx) => [
    await enrol(tx, keys, noura),
    await enrol(tx, keys, { ...noura, nationalId: "1087654339", name: { ar: "سالم", en: "Salem" } }),
  ])
  const rowOf = async (who = "") => (await store.db.select().from(people).where(eq(people.id, who)))[0]
  const put = (values: Partial<typeof people.$inferInsert>) =>
    write((tx) =>
      tx.db
        .update(people)
        .set(values)
        .where(eq(people.id, id ?? ""))
        .then(),
    )
  const own = await rowOf(id)
  await put({ nameSealed: (await rowOf(other))?.nameSealed })
  await expect(person(store, keys, id ?? "")).rejects.toThrow()
  await put({ nameSealed: own?.nameSealed, mobileSealed: own?.numberSealed })
  expect((await person(store, keys, id ?? ""))?.name).toEqual(noura.name)
  await expect(personalData(store, keys, id ?? "")).rejects.toThrow()
  // Not even together with the key: that is sealed for its person too.
  const [stolen] = await store.db
    .select()
    .from(personKeys)
    .where(eq(personKeys.person, other ?? ""))
  await write((tx) =>
    tx.db
      .update(personKeys)
      .set({ sealed: stolen?.sealed ?? "" })
      .where(eq(personKeys.person, id ?? ""))
      .then(),
  )
  await put({ nameSealed: (await rowOf(other))?.nameSealed })
  await expect(person(store, keys, id ?? "")).rejects.toThrow()
})
