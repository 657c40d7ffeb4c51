import type { DayView } from "../../domain/queue/day-view.ts"
import { timeParts } from "../../i18n/dates.ts"
import { dayWords } from "../../i18n/day.ts"
import { direction, type Lang } from "../../i18n/lang.ts"

const width = 620
const height = 230
const foot = 28
const side = 34
const gap = 12

/**
 * Calls every half hour: in time solid, late hatched, expected dashed. Time runs in reading direction, so in Arabic from right to left.
 * The same figures are told in words to whoever does not see them.
 */
export function Chart({ view, zone, lang }: { view: DayView; zone: string; lang: Lang }) {
  const words = dayWords[lang]
  const bars = view.halfHours
  const most = Math.max(4, ...bars.map((bar) => bar.onTime + bar.late + bar.expected))
  const room = height - foot
  const slot = (width - side) / Math.max(1, bars.length)
  const rightToLeft = direction[lang] === "rtl"
  const x = (index: number) => (rightToLeft ? width - side - (index + 1) * slot : side + index * slot)
  const tall = (count: number) => (count / most) * (room - 12)
  const nowAt = bars.findIndex(({ from }) => view.now >= from && view.now < from + 30 * 60_000)
  return (
    <figure class="chart">
      <svg viewBox={`0 0 ${width} ${height}`} role="img" aria-label={words.chart}>
        <defs>
          <pattern id="late-hatch" width="8" height="8" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
            <rect width="8" height="8" class="chart-late-ground" />
            <rect width="3.5" height="8" class="chart-late-line" />
          </pattern>
        </defs>
        {[0.5, 1].map((part) => (
          <g>
            <line
              class="chart-grid"
              x1={rightToLeft ? 0 : side}
              x2={rightToLeft ? width - side : width}
              y1={room - tall(most * part)}
              y2={room - tall(most * part)}
            />
            <text
              class="chart-text"
              x={rightToLeft ? width : 0}
              y={room - tall(most * part) + 5}
              text-anchor={rightToLeft ? "end" : "start"}
              direction="ltr"
            >
              {Math.round(most * part)}
            </text>
          </g>
        ))}
        {bars.map((bar, index) => {
          const [left, wide] = [x(index) + gap / 2, Math.max(2, slot - gap)]
          const [good, late, expected] = [tall(bar.onTime), tall(bar.late), tall(bar.expected)]
          return (
            <g>
              <rect class="chart-good" x={left} y={room - good} width={wide} height={good} />
              <rect
                class="chart-late"
                x={left}
                y={room - good - late}
                width={wide}
                height={late}
                fill="url(#late-hatch)"
              />
              {bar.expected > 0 && (
                <rect
                  class="chart-expected"
                  x={left}
                  y={room - good - late - expected}
                  width={wide}
                  height={expected}
                />
              )}
              {index % 2 === 0 && (
                <text class="chart-text" x={left + wide / 2} y={height - 6} text-anchor="middle" direction="ltr">
                  {timeParts(bar.from, zone, lang).figure}
                </text>
              )}
            </g>
          )
        })}
        {nowAt >= 0 && (
          <line
            class="chart-now"
            x1={x(nowAt) + (rightToLeft ? slot * (1 - part(view, nowAt)) : slot * part(view, nowAt))}
            x2={x(nowAt) + (rightToLeft ? slot * (1 - part(view, nowAt)) : slot * part(view, nowAt))}
            y1="0"
            y2={room}
          />
        )}
        <line class="chart-base" x1="0" x2={width} y1={room} y2={room} />
      </svg>
      <figcaption class="chart-key small">
        <span class="chart-key-good">{words.onTime}</span>
        <span class="chart-key-late">{words.late}</span>
        <span class="chart-key-expected">{words.expectedBar}</span>
      </figcaption>
      <ul class="spoken">
        {bars.map((bar) => (
          <li>{words.chartText(timeParts(bar.from, zone, lang).figure, bar.onTime, bar.late, bar.expected)}</li>
        ))}
      </ul>
    </figure>
  )
}

function part(view: DayView, index: number): number {
  const from = view.halfHours[index]?.from ?? view.now
  return Math.min(1, (view.now - from) / (30 * 60_000))
}
