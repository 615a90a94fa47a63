/** The team that answers for a part of the site, as `schemas/team.avsc` has it. */
export interface Team {
  readonly name: string;
  readonly isOnCall: boolean;
}

const teams: Readonly<Record<string, Team>> = {
  orders: { name: 'checkout', isOnCall: true },
  cart: { name: 'checkout', isOnCall: true },
  search: { name: 'search', isOnCall: false },
};
const site: Team = { name: 'site', isOnCall: false };

/** Finds who answers for a path; a directory of teams would be asked here. */
export async function findTeam({ path }: { readonly path: string | null }): Promise<Team> {
  const [section = ''] = (path ?? '').split('/').filter((step) => step !== '');
  return Object.hasOwn(teams, section) ? (teams[section] as Team) : site;
}
