import { ClassicMember } from './classic-member.ts';
import type { GroupMember, GroupMemberOptions } from './group-member.ts';

/** Makes a member of a group by the classic protocol. Nothing happens before it is told to join. */
export function createGroupMember(options: GroupMemberOptions): GroupMember {
  return new ClassicMember(options);
}
