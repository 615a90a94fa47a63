import { configTypes, topicConfigs } from '../topics/config-definitions.ts';
import type { TopicConfig } from '../topics/topic-config.ts';

/** Where a value comes from, by the numbers of DescribeConfigs. */
export const configSources = { topic: 1, broker: 4, default: 5 } as const;

/** Describes the entries of a topic's configuration, or those that are named. */
export function describeTopicConfig(config: TopicConfig, names: readonly string[] | null) {
  return [...topicConfigs]
    .filter(([name]) => names === null || names.includes(name))
    .map(([name, { type, default: kafkas }]) => {
      const values: readonly [value: string | undefined, source: number][] = [
        [config.own.get(name), configSources.topic],
        [config.brokerDefault(name), configSources.broker],
        [kafkas, configSources.default],
      ];
      const synonyms = values.flatMap(([value, source]) => (value === undefined ? [] : [{ name, value, source }]));
      return {
        name,
        value: synonyms[0]?.value ?? kafkas,
        readOnly: false,
        configSource: synonyms[0]?.source ?? configSources.default,
        isSensitive: false,
        synonyms,
        configType: configTypes[type],
        documentation: null,
      };
    });
}
