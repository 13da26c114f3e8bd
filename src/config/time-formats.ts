/** How a time may be written. `iso`: nothing but texts such as 2026-05-01 10:30. */
export const TIME_FORMATS = [
  'iso',
  'seconds',
  'milliseconds',
  'microseconds',
  'nanoseconds',
  'days',
  'excel',
  'compact',
  'day-first',
  'month-first',
] as const
