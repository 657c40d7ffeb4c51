import { expect, test } from "bun:test"
import { asc, eq } from "drizzle-orm"
import { deliveries, messages } from "../../../db/schema/messages.ts"
import { minute } from "../../base/day.ts"
import { openCeremony } from "../../domain/access/ceremonies.ts"
import { handleFor, type Owner } from "../../domain/access/owner.ts"
import { hashPassword } from "../../domain/access/passwords.ts"
import { enrolPasskey } from "../../domain/access/proof.ts"
import { makeCodes } from "../../domain/access/recovery.ts"
import { registrationOptions } from "../../domain/access/webauthn.ts"
import { setEmail } from "../../domain/notifications/contact.ts"
import { softAuthenticator } from "../../testing/authenticator.ts"
import { testServer } from "../../testing/server.ts"
import { signedIn } from "../../testing/signed-in.ts"
import { visitor } from "../../testing/visitor.ts"
import { roomOf } from "../passkey-form.tsx"

/* Whatever changes what an account is opened with is told to its owner, over every way there is, in the turn of the change. */

const password = "four green camels"

/** Somebody with a password, a passkey, recovery codes, a mobile and an e-mail address. */
async function account() {
  const server = await testServer({ plan: { citizens: 1, counters: 1 } })
  const { office, keys } = server
  const now = office.clock.real()
  const passwordHash = await hashPassword(password)
  const who = await office.person({ nationalId: "1000000008", mobile: "+966550000001", passwordHash })
  const owner: Owner = { kind: "citizen", id: who.id }
  const authenticator = softAuthenticator(server.origin)
  const room = roomOf(server.house)
  const opened = await office.write(async (tx) => ({
    handle: await handleFor(tx, owner),
    ...(await openCeremony(tx, { purpose: "enrol", owner, session: null }, now)),
  }))
  const options = await registrationOptions(room.party, { ...opened, name: "n", displayName: "n", exclude: [] })
  const given = { owner, session: null, name: "key" }
  await enrolPasskey(room, authenticator.create(options), given, now, async () => {})
  const codes = await office.write(async (tx) => {
    await setEmail(tx, keys, owner, "noura@people.example", "test")
    return makeCodes(tx, keys, owner, now)
  })
  const told = async () => {
    const rows = await office.store.db
      .select()
      .from(messages)
      .where(eq(messages.owner, owner.id))
      .orderBy(asc(messages.at), asc(messages.kind))
    return rows.map(({ kind, data }) => `${kind} ${data["factor"] ?? data["left"] ?? data["factors"] ?? data["state"]}`)
  }
  return { server, office, who, owner, authenticator, codes, told }
}

const browser = (server: { origin: string }, name: string) => {
  const who = visitor(() => server.origin)
  const headers = { "User-Agent": name }
  return {
    ...who,
    post: (path: string, fields: Record<string, string> = {}) => who.post(path, fields, headers),
  }
}

test("a sign-in is news where passkey or browser are not known, and only there", async () => {
  const { server, office, told, authenticator } = await account()
  const signIn = async (name: string) => {
    const who = browser(server, name)
    await who.post("/sign-in", { number: "1000000008", password, next: "" })
    const asked = await who.post("/passkeys/options", { purpose: "second" })
    const answer = await who.post("/sign-in/second", { response: authenticator.get(JSON.parse(asked.text)) })
    expect(answer.status).toBe(303)
    office.clock.advance(minute)
  }
  await signIn("Phone")
  expect(await told()).toEqual(["new_sign_in password+passkey"])
  await signIn("Phone")
  expect(await told()).toHaveLength(1)
  await signIn("Somebody else's")
  expect(await told()).toHaveLength(2)
  expect((await office.store.db.select().from(deliveries)).map(({ channel }) => channel).sort()).toEqual([
    "mail",
    "mail",
    "sms",
    "sms",
  ])
  expect(server.bugs).toEqual([])
})

test("whose passkey seems to have been copied is told, once a day, however often the copy is tried", async () => {
  const { server, office, told, authenticator } = await account()
  const signIn = async (counter: number) => {
    const who = browser(server, "Phone")
    const asked = await who.post("/passkeys/options", { purpose: "sign_in" })
    const response = authenticator.get(JSON.parse(asked.text), { counter })
    return (await who.post("/sign-in/passkey", { response, next: "" })).status
  }
  expect(await signIn(10)).toBe(303)
  for (let tried = 0; tried < 3; tried++) expect(await signIn(5)).toBe(401)
  expect((await told()).sort()).toEqual(["new_sign_in passkey", "passkey_alarm copied"])
  const [alarm] = await office.store.db.select().from(messages).where(eq(messages.kind, "passkey_alarm"))
  const sent = await office.store.db
    .select()
    .from(deliveries)
    .where(eq(deliveries.message, alarm?.id ?? ""))
  expect(sent.map(({ channel }) => channel).sort()).toEqual(["mail", "sms"])
  expect(server.bugs).toEqual([])
})

test("whoever comes back by a recovery code is told how many are left, and a code that is wrong tells nothing", async () => {
  const { server, told, codes } = await account()
  const who = browser(server, "Phone")
  await who.post("/sign-in", { number: "1000000008", password, next: "" })
  expect((await who.post("/sign-in/code", { code: "AAAAA-AAAAA-AAAAA-AAAAA-AAAAA-A" })).status).toBe(401)
  expect(await told()).toEqual([])
  expect((await who.post("/sign-in/code", { code: codes[0] ?? "" })).status).toBe(303)
  expect((await told()).sort()).toEqual(["new_sign_in password+code", `recovery_used ${codes.length - 1}`])
  expect(server.bugs).toEqual([])
})

test("a new password and new recovery codes are told; what was refused is not", async () => {
  const { server, office, who, told } = await account()
  const page = await signedIn(server, who)
  expect((await page.send("/account/password", { password: "short" })).status).toBe(422)
  expect(await told()).toEqual([])
  await page.send("/account/codes", {})
  office.clock.advance(1_000)
  expect((await page.send("/account/password", { password: "five yellow camels" })).status).toBe(303)
  expect(await told()).toEqual(["factor_added recovery_codes", "factor_added password"])
  expect(server.bugs).toEqual([])
})
