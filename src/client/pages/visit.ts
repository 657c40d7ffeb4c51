import { followVisit } from "../visit/room-page.ts"

const page = document.querySelector<HTMLElement>("[data-visit][data-self]")
if (page) followVisit(page)
