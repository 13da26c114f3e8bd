/**
 * The member of a record that goes by names which are not ours (columns, models): `constructor`, a column of motor racing,
 * is in none unless somebody put it there.
 */
export function memberOf<T>(record: Readonly<Record<string, T>> | undefined, name: string): T | undefined {
  return record !== undefined && Object.hasOwn(record, name) ? record[name] : undefined
}
