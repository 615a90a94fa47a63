import type { AclEntry } from 'kafkajs';
import { AclOperationTypes, AclPermissionTypes, AclResourceTypes, ResourcePatternTypes } from 'kafkajs';
import type { NeededRight } from '@headrace/kafka';
import { freePort } from '../broker/free-port.ts';
import { startKafka, type KafkaBroker } from '../broker/kafka-broker.ts';
import { withAdmin } from '../topics.ts';
import { waitUntil } from '../wait-until.ts';

/** A broker that allows nothing to who logs in but what is granted, and everything to who does not. */
export interface AuthorizedBroker {
  readonly broker: KafkaBroker;
  /** Where one logs in, by SASL PLAIN without TLS. */
  readonly loginAddress: string;
  /** Gives exactly these rights to a user, and takes all others. */
  grant(username: string, rights: readonly NeededRight[]): Promise<void>;
}

/** Who may do everything though logged in. */
export const superUser = { username: 'root', password: 'battery staple' };

/** Starts a broker with Kafka's own authorizer and these users, by their names and passwords. */
export async function startAuthorizedBroker(users: Readonly<Record<string, string>>): Promise<AuthorizedBroker> {
  const port = await freePort();
  const everybody = { ...users, [superUser.username]: superUser.password };
  const passwords = Object.entries(everybody).map(([name, password]) => ` user_${name}="${password}"`);
  const broker = await startKafka({
    listeners: [{ name: 'LOGIN', port, protocol: 'SASL_PLAINTEXT' }],
    properties: {
      'authorizer.class.name': 'org.apache.kafka.metadata.authorizer.StandardAuthorizer',
      'super.users': `User:ANONYMOUS;User:${superUser.username}`,
      'sasl.enabled.mechanisms': 'PLAIN',
      'listener.name.login.sasl.enabled.mechanisms': 'PLAIN',
      'listener.name.login.plain.sasl.jaas.config': `org.apache.kafka.common.security.plain.PlainLoginModule required${passwords.join('')};`,
    },
  });
  return {
    broker,
    loginAddress: `127.0.0.1:${port}`,
    async grant(username, rights) {
      const principal = `User:${username}`;
      const any = { operation: AclOperationTypes.ANY, permissionType: AclPermissionTypes.ANY };
      const filter = {
        resourceType: AclResourceTypes.ANY,
        resourcePatternType: ResourcePatternTypes.ANY,
        principal,
        ...any,
      };
      await withAdmin(broker.bootstrap, async (admin) => {
        await admin.deleteAcls({ filters: [filter] });
        if (rights.length > 0) await admin.createAcls({ acl: rights.map((right) => aclOf(principal, right)) });
        await waitUntil(
          async () => (await admin.describeAcls(filter)).resources.reduce((sum, { acls }) => sum + acls.length, 0),
          (count) => count === rights.length,
          { what: `"${username}" has ${rights.length} rights` },
        );
      });
    },
  };
}

const operations = {
  Read: AclOperationTypes.READ,
  Write: AclOperationTypes.WRITE,
  Describe: AclOperationTypes.DESCRIBE,
  DescribeConfigs: AclOperationTypes.DESCRIBE_CONFIGS,
  Create: AclOperationTypes.CREATE,
  Delete: AclOperationTypes.DELETE,
} as const;

function aclOf(principal: string, { operation, resource, name, pattern }: NeededRight): AclEntry {
  return {
    principal,
    host: '*',
    permissionType: AclPermissionTypes.ALLOW,
    operation: operations[operation],
    resourceType: resource === 'Topic' ? AclResourceTypes.TOPIC : AclResourceTypes.GROUP,
    resourceName: name,
    resourcePatternType: pattern === 'prefixed' ? ResourcePatternTypes.PREFIXED : ResourcePatternTypes.LITERAL,
  };
}
