/** Times and durations in words. Pure: no I/O. */

export function toDate(seconds: number): string {
  const date = new Date(seconds * 1000);
  return Number.isNaN(date.getTime())
    ? String(seconds)
    : date.toISOString().replace('T', ' ').replace('.000Z', ' UTC');
}

/** Such as `1 day 02:03:04`. */
export function toDuration(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  const days = Math.floor(whole / 86_400);
  const clock = [(whole % 86_400) / 3_600, (whole % 3_600) / 60, whole % 60]
    .map((part) => String(Math.floor(part)).padStart(2, '0'))
    .join(':');
  if (days === 0) return clock;
  return `${days} ${days === 1 ? 'day' : 'days'} ${clock}`;
}

const UNITS = [
  ['year', 31_536_000],
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
] as const;

/** The largest unit, rounded down, such as `3 minutes`. */
function toRoughly(seconds: number): string {
  const [unit, size] = UNITS.find(([, one]) => seconds >= one) ?? [];
  if (size === undefined) return 'less than a minute';
  const count = Math.floor(seconds / size);
  return `${count} ${unit}${count === 1 ? '' : 's'}`;
}

/** Such as `in 2 hours` or `3 minutes ago`. */
export function toRelative(seconds: number, nowSeconds: number): string {
  const left = seconds - nowSeconds;
  return left > 0 ? `in ${toRoughly(left)}` : `${toRoughly(-left)} ago`;
}
