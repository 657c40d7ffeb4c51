import { deleteCookie, setCookie } from "hono/cookie"
import type { Context, House } from "./house.ts"

/* The cookies of the house: what they are called, and how they are given and taken back. */

/** A session's, that of somebody half signed in, a device's, that of a screen which asks to become a device, the language chosen. */
type CookieName = "sid" | "pre" | "dev" | "pair" | "lang"

/** Cookie names. `__Host-` pins a cookie to this very origin (RFC 6265bis §4.1.3.2); it needs https. */
export function cookieName(house: Pick<House, "env">, name: CookieName): string {
  return house.env.origin.startsWith("https:") ? `__Host-${name}` : name
}

export function keepCookie(c: Context, name: CookieName, value: string, maxAge?: number): void {
  const { house } = c.var
  setCookie(c, cookieName(house, name), value, {
    path: "/",
    httpOnly: true,
    sameSite: "Lax",
    secure: house.env.origin.startsWith("https:"),
    maxAge,
  })
}

export function dropCookie(c: Context, name: CookieName): void {
  const { house } = c.var
  deleteCookie(c, cookieName(house, name), { path: "/", secure: house.env.origin.startsWith("https:") })
}
