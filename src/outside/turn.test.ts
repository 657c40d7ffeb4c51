import { expect, test } from "bun:test"
import { iceServer } from "./turn.ts"

const relay = { urls: ["turn:relay.example.gov:3478?transport=udp"], secret: "north" }

test("a participant shows the relay a name that ends in ten minutes, with a signature that only who has the secret can make", () => {
  const shown = iceServer(relay, "p-1", 1_795_331_225_400)
  expect(shown.username).toBe("1795331825:p-1")
  // echo -n "1795331825:p-1" | openssl dgst -sha1 -hmac north -binary | base64
  expect(shown.credential).toBe("Utp27LOeq/7d9H4087s3XH+3aYg=")
  expect(iceServer({ ...relay, secret: "south" }, "p-1", 1_795_331_225_400).credential).not.toBe(shown.credential)
})
