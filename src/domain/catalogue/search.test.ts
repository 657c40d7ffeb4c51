import { expect, test } from "bun:test"
import { eq } from "drizzle-orm"
import { services } from "../../../db/schema/catalogue.ts"
import { testOffice } from "../../testing/office.ts"
import { servicesFor } from "./search.ts"

test("services whose names fit alike stand in the order of the catalogue, however long the names are", async () => {
  const office = await testOffice({
    services: [{ code: "PAS-06", sector: "PAS", minutes: 10 }],
  })
  const name = (code: string, ar: string, en: string) =>
    office.write((tx) => tx.db.update(services).set({ name: { ar, en } }).where(eq(services.code, code)).then())
  await name("PAS-05", "إصدار تصريح سفر لأفراد الأسرة", "Issue family travel permit")
  await name("PAS-06", "إلغاء تصريح سفر", "Cancel travel permit")
  const codes = async (typed: string) => (await servicesFor(office.store, typed)).map(({ code }) => code)
  for (const typed of ["travel permit", "تصريح سفر", "permit"]) {
    expect([typed, ...(await codes(typed))]).toEqual([typed, "PAS-05", "PAS-06"])
  }
  expect((await codes("cancel travel permit"))[0]).toBe("PAS-06")
})
