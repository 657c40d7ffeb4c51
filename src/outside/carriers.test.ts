import { expect, test } from "bun:test"
import { openLog } from "../base/log.ts"
import { headerOf, mailServer, partOf, smsProvider } from "../testing/providers.ts"
import type { Letter } from "./letter.ts"
import { maskedAddress } from "./log.ts"
import { openMail } from "./mail.ts"
import { openPost } from "./post.ts"
import { openSms } from "./sms.ts"

const letter: Letter = {
  id: "019aa0f0-7c5e-7b1e-9d3c-2f4f4a5f6b7c",
  to: "noura@people.example",
  lang: "ar",
  subject: "تأكّد موعدك",
  text: [
    "الثلاثاء 24 نوفمبر، 10:30 ص.",
    "<b>ليس</b> وسمًا & لا رابطًا https://x.example هنا.",
    "https://front.example.gov/inbox",
  ],
}
const going = new AbortController().signal
const from = "دَوْر <no-reply@front.example.gov>"

const why = (sent: Promise<void>) =>
  sent.then(
    () => "taken",
    (thrown: Error) => thrown.message,
  )

test("a mail comes as text and as a page in Arabic, from right to left, under an id made from the delivery's", async () => {
  const server = await mailServer()
  await openMail({ url: server.url, from })(letter, going)
  const [mail] = server.taken
  if (!mail) throw new Error("nothing came")
  expect(mail.to).toEqual(["noura@people.example"])
  expect(headerOf(mail, "Subject")).toBe("تأكّد موعدك")
  expect(headerOf(mail, "From")).toContain("no-reply@front.example.gov")
  expect(headerOf(mail, "Message-ID")).toBe(`<${letter.id}@front.example.gov>`)
  expect(headerOf(mail, "Auto-Submitted")).toBe("auto-generated")
  expect(headerOf(mail, "List-Unsubscribe")).toBe("")
  expect(partOf(mail, "text/plain")).toContain("الثلاثاء 24 نوفمبر، 10:30 ص.")
  const html = partOf(mail, "text/html")
  expect(html).toContain('<html lang="ar" dir="rtl">')
  expect(html).toContain("&lt;b&gt;ليس&lt;/b&gt; وسمًا &amp; لا رابطًا https://x.example هنا.")
  expect(html).toContain('<a dir="ltr" href="https://front.example.gov/inbox">')
  expect(html).not.toContain('href="https://x.example')
})

test("a mail that is not taken says the server's number and not its sentence, which holds the address", async () => {
  const server = await mailServer()
  const send = openMail({ url: server.url, from }, { within: 300 })
  server.answer = () => 550
  expect(await why(send(letter, going))).toBe("status 550")
  server.answer = () => 451
  expect(await why(send(letter, going))).toBe("status 451")
  server.answer = () => "silence"
  expect(await why(send(letter, going))).toBe("no answer in time")
  expect(await why(openMail({ url: "smtp://127.0.0.1:1", from })(letter, going))).toBe("no connection")
  expect(server.taken).toEqual([])
})

test("an SMS is asked for once, with its id as the key by which a second one is known", async () => {
  const provider = await smsProvider()
  const send = openSms({ url: provider.url, token: "secret-token", from: "Dawr" })
  await send({ ...letter, to: "+966550000001", text: ["حان دورك. رقمك 204، الشباك 3."] }, going)
  const [sms] = provider.taken
  expect(sms).toMatchObject({ to: "+966550000001", text: "حان دورك. رقمك 204، الشباك 3.", id: letter.id, from: "Dawr" })
  expect(sms?.headers.get("Idempotency-Key")).toBe(letter.id)
  expect(sms?.headers.get("Authorization")).toBe("Bearer secret-token")
})

test("an SMS that is not taken says why: a status, no answer, nobody there, a detour, or that the house is stopping", async () => {
  const provider = await smsProvider()
  const send = openSms({ url: provider.url, token: null, from: null }, { within: 200 })
  for (const status of [400, 429, 500, 503]) {
    provider.answer = () => status
    expect(await why(send(letter, going))).toBe(`status ${status}`)
  }
  provider.answer = () => 302
  expect(await why(send(letter, going))).toBe("no connection")
  provider.answer = () => "silence"
  expect(await why(send(letter, going))).toBe("no answer in time")
  expect(await why(send(letter, AbortSignal.abort()))).toBe("stopped")
  expect(await why(openSms({ url: "http://127.0.0.1:1/", token: null, from: null })(letter, going))).toBe(
    "no connection",
  )
  expect(provider.taken).toEqual([])
  expect(provider.asked[0]?.headers.has("Authorization")).toBe(false)
})

test("where no provider is named the log says that a message would have gone, and in production neither to whom nor what", async () => {
  const code = { ...letter, to: "+966550000012", text: ["رمزك لمرة واحدة: 482913."] }
  for (const production of [true, false]) {
    const lines: string[] = []
    const { sms, mail } = openPost(
      { mail: null, sms: null, production },
      openLog((line) => lines.push(line), Date.now),
    )
    await sms(code, going)
    await mail(letter, going)
    expect(lines).toHaveLength(2)
    expect(lines.join()).not.toContain("+966550000012")
    expect(lines.join()).not.toContain("noura@")
    expect(lines[0]).toContain("+9665…12")
    expect([production, lines.join().includes("482913")]).toEqual([production, !production])
  }
  expect(maskedAddress("noura@people.example")).toBe("n…@people.example")
})
