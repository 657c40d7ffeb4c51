import { sha256 } from "../../base/seal.ts"
import type { Context } from "../house.ts"

/**
 * The public key as a JSON Web Key Set (RFC 7517 §5), named by its thumbprint (RFC 7638; RFC 8037 §2 says of which members). A program on
 * somebody else's page may read it: it is there to be read.
 */
export function signingKeys(c: Context): Response {
  const { kty, crv, x } = c.var.house.keys.publicKey()
  const kid = sha256(JSON.stringify({ crv, kty, x }))
  return c.body(`${JSON.stringify({ keys: [{ kty, crv, x, kid, use: "sig", alg: "EdDSA" }] })}\n`, 200, {
    "Content-Type": "application/jwk-set+json",
    "Cache-Control": "public, max-age=3600",
    "Access-Control-Allow-Origin": "*",
    "Cross-Origin-Resource-Policy": "cross-origin",
  })
}
