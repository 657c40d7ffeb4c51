import { Refusal } from "../../base/refusal.ts"
import { isStaff } from "../../domain/access/subject.ts"
import { unnoted } from "../../domain/people/read-log.ts"
import {
  keepPicture,
  lies,
  openPicture,
  pictureComes,
  pictureFor,
  pictureLimits,
} from "../../domain/visits/pictures.ts"
import { type Context, get, type PageRoute, post, type Takes } from "../house.ts"
import { paths } from "../paths.ts"
import { asFile, takeIn, takeOut, visitFor } from "../sealed-files.ts"

const onePicture: Takes = { types: ["image/jpeg"], bytes: pictureLimits.bytes }

/** Still pictures of a check: the person's page sends what its camera took, the agent's page what it received of it. */
export const pictureRoutes: PageRoute[] = [
  post(paths.visitPictures(":id"), "visit.attend", take, onePicture),
  post(paths.deskPictures(":id"), "visit.serve", take, onePicture),
  get(paths.deskPicture(":picture"), "picture.open", look),
]

async function take(c: Context): Promise<Response> {
  const { house } = c.var
  const { row, by, scopes } = await visitFor(c)
  const bytes = new Uint8Array(await c.req.arrayBuffer())
  await takeIn(
    house,
    scopes,
    bytes,
    (tx) => pictureComes(tx, house.keys, by, row.id, bytes),
    (tx, { id }, known) => keepPicture(tx, by, row.id, { id, ...known }),
  )
  return c.body(null, 204)
}

/** For whoever of the staff may see it, and never without a word about it. */
async function look(c: Context): Promise<Response> {
  const { house } = c.var
  const by = c.var.subject
  if (!isStaff(by)) throw new Refusal("not_signed_in")
  const id = c.req.param("picture") ?? ""
  const { picture, office, person, visit: of } = await pictureFor(house.store, by, id)
  const now = house.clock.real()
  const seen = { staff: by.id, person, what: "identity" as const, office, about: of }
  if ((await unnoted(house.store, [seen], now)).length > 0) {
    await house.writer.write((tx) => openPicture(tx, by, id, now), { scopes: [`office:${office}`, "accounts"] })
  }
  const bytes = await takeOut(house, picture.thread, lies(picture.thread, picture.id))
  return c.body(bytes, 200, { ...asFile, "Content-Type": "image/jpeg", "Content-Disposition": "inline" })
}
