import { useText } from '@/core/i18n'
import { describeSchedule, parseSchedule } from './cron'

/** A schedule in the user's words; "" for one of no usual shape. */
export function useScheduleWords(): (schedule: string) => string {
  const { t, locale } = useText()

  function dayNames(days: readonly number[]): string {
    const format = new Intl.DateTimeFormat(locale.value, { weekday: 'short', timeZone: 'UTC' })
    // 2023-01-01 was a Sunday.
    const names = days.map((day) => format.format(Date.UTC(2023, 0, 1 + day)))
    // Days come Monday first; three or more in a row are said as a range.
    const inRow = days.length > 2 && days.every((day, index) => index === 0 || (day + 6) % 7 === ((days[index - 1] ?? 0) + 6) % 7 + 1)
    if (inRow) return t('resources.schedule.range', { from: names[0] ?? '', to: names.at(-1) ?? '' })
    return new Intl.ListFormat(locale.value, { type: 'conjunction' }).format(names)
  }

  return (schedule) => {
    const parsed = parseSchedule(schedule)
    const words = parsed && describeSchedule(parsed)
    if (!words) return ''
    const params = words.form === 'weekly' ? { time: words.time, days: dayNames(words.days) } : { ...words }
    return t(`resources.schedule.${words.form}`, params)
  }
}
