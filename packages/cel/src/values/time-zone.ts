import { CelError } from '../cel-error.ts';
import { NamedZone } from './named-zone.ts';

/** Says how far the clocks of a place are ahead of UTC. */
export interface Zone {
  /** Gives the milliseconds to add to an instant (milliseconds since the epoch) for its local time. */
  offsetAt(ms: number): number;
}

/** The zone that is never ahead. */
export const UTC: Zone = { offsetAt: () => 0 };

const MOST_ZONES = 200;
const zones = new Map<string, Zone>([
  ['UTC', UTC],
  ['Z', UTC],
]);

/**
 * Finds a time zone by its IANA name (`Europe/Berlin`) or as a fixed offset (`+02:00`, `-0330`, `02:00`).
 * Throws a `CelError` with the code `UNKNOWN_TIME_ZONE`.
 */
export function zoneOf(name: string): Zone {
  const known = zones.get(name);
  if (known !== undefined) return known;
  const zone = fixedZone(name) ?? namedZone(name);
  // Names may come from records.
  if (zones.size >= MOST_ZONES) zones.clear();
  zones.set(name, zone);
  return zone;
}

function fixedZone(name: string): Zone | null {
  const match = /^([+-]?)([0-9]{2}):?([0-9]{2})$/.exec(name);
  if (match === null) return null;
  const [hours, minutes] = [Number(match[2]), Number(match[3])];
  if (hours > 23 || minutes > 59) throw unknownZone();
  const offset = (match[1] === '-' ? -1 : 1) * (hours * 60 + minutes) * 60_000 + 0;
  return { offsetAt: () => offset };
}

function namedZone(name: string): Zone {
  // Intl takes offsets as well, in forms that CEL does not have.
  if (!/^[A-Za-z][A-Za-z0-9_+/-]{0,63}$/.test(name)) throw unknownZone();
  try {
    return new NamedZone(name);
  } catch (error) {
    if (error instanceof RangeError) throw unknownZone();
    throw error;
  }
}

function unknownZone(): CelError {
  return new CelError('UNKNOWN_TIME_ZONE', 'the time zone does not exist; write it as Europe/Berlin or +02:00.');
}

const DAY = 86_400_000;

/**
 * Gives the instant of a local time. One that the clocks show twice is the first of the two; one that they skip is as much
 * later as they were put forward.
 */
export function instantOf(zone: Zone, local: number): number {
  if (zone === UTC) return local;
  const before = local - zone.offsetAt(local - DAY);
  if (before + zone.offsetAt(before) === local) return before;
  const after = local - zone.offsetAt(local + DAY);
  return after + zone.offsetAt(after) === local ? after : before;
}
