import type { Booking } from "../../domain/bookings/reads.ts"
import { wishWords } from "../../i18n/wishes.ts"
import type { Context } from "../house.ts"
import { paths } from "../paths.ts"
import { Card } from "../shell/cards.tsx"
import { Button, PostForm } from "../shell/controls.tsx"

/** On the page of a booking by video: by whom the person wants to be called when the day has come. */
export function BookingWish({ c, booking }: { c: Context; booking: Booking }) {
  const { lang, formToken } = c.var
  const words = wishWords[lang]
  const isWishing = booking.wants !== null
  return (
    <Card class="stack">
      <h2>{words.title}</h2>
      <p>{isWishing ? words.askedAhead : words.ahead}</p>
      <PostForm action={paths.bookingWish(booking.id)} token={formToken}>
        <Button name="wants" value={isWishing ? "" : "female"}>
          {isWishing ? words.drop : words.ask}
        </Button>
      </PostForm>
    </Card>
  )
}
