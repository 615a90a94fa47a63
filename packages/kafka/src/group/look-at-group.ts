import { describeGroupsApi, errorCode } from '@headrace/protocol';
import type { GroupCoordinator } from './group-coordinator.ts';
import type { LookResult } from './member-effect.ts';
import { readMemberMetadata } from './member-metadata.ts';

/** What a group is from outside. */
export interface GroupView {
  readonly state: string;
  readonly protocol: string;
  readonly clients: readonly string[];
  /** The shapes of topologies that its members said they have. */
  readonly shapes: readonly string[];
}

/** Describes a group; null where that cannot be had. */
export async function viewGroup(coordinator: GroupCoordinator): Promise<GroupView | null> {
  const node = await coordinator.node();
  const body = () => ({ groups: [coordinator.group] });
  const { groups } = await coordinator.ask(node, describeGroupsApi, body, { role: 'group', newest: 5 });
  const [group] = groups;
  if (group === undefined || group.errorCode !== errorCode('NONE')) return null;
  const members = group.members.map(({ memberMetadata }) => readMemberMetadata(memberMetadata));
  return {
    state: group.groupState,
    protocol: group.protocolData,
    clients: [...new Set(group.members.map(({ clientId }) => clientId))].sort(),
    shapes: [...new Set(members.flatMap((metadata) => metadata?.topology?.shape ?? []))].sort(),
  };
}

/** Looks whether a member of a shape would find others of it only. Between two generations members do not show what they said. */
export async function lookAtGroup(coordinator: GroupCoordinator, shape: string): Promise<LookResult> {
  const view = await viewGroup(coordinator).catch(() => null);
  if (view === null) return 'unclear';
  if (view.state === 'Empty' || view.state === 'Dead') return 'free';
  const other = view.shapes.find((one) => one !== shape);
  if (other !== undefined) return { shape: other };
  return view.state === 'Stable' ? 'free' : 'unclear';
}
