import type { Words } from "../../../db/schema/catalogue.ts"
import { person } from "../../domain/people/reads.ts"
import { inLang, type Lang } from "../../i18n/lang.ts"
import type { House } from "../house.ts"

/** The names of those who come, in one order wherever they stand: that of their ids. */
export async function namesOf(
  { store, keys }: Pick<House, "store" | "keys">,
  ids: readonly string[],
): Promise<Words[]> {
  const found = await Promise.all(ids.toSorted().map((id) => person(store, keys, id)))
  return found.flatMap((row) => (row ? [row.name] : []))
}

export function Names({ names, label, lang }: { names: Words[]; label: string; lang: Lang }) {
  return (
    <p>
      <span class="quiet">{label}: </span>
      {names.map((name, index) => (
        <>
          {index > 0 && (lang === "ar" ? "، " : ", ")}
          <bdi>{inLang(name, lang)}</bdi>
        </>
      ))}
    </p>
  )
}
